// The names of the tokens. Only these names and their numbers are used: the text is cut into tokens
// by parser/scan.cpp, because dollar quotes, nested comments and PostgreSQL's rule for operators
// cannot be written as a grammar without code. Keywords come from keywords.tsv.
lexer grammar SqlLexer;

import SqlKeywords;

tokens {
  IDENTIFIER, QUOTED_IDENTIFIER, STRING, BIT_STRING, INTEGER, DECIMAL, PARAMETER,
  OPERATOR,     // any operator that has no name below
  QUERY_PAREN,  // '(' that opens a query: the scanner tells it from other parentheses
  STRAY         // a character that begins no token
}

LEFT_PAREN    : '(' ;
RIGHT_PAREN   : ')' ;
LEFT_BRACKET  : '[' ;
RIGHT_BRACKET : ']' ;
COMMA         : ',' ;
SEMICOLON     : ';' ;
DOT           : '.' ;
COLON         : ':' ;
TYPECAST      : '::' ;
COLON_EQUALS  : ':=' ;
ARROW         : '=>' ;
PLUS          : '+' ;
MINUS         : '-' ;
STAR          : '*' ;
SLASH         : '/' ;
PERCENT       : '%' ;
CARET         : '^' ;
EQUALS        : '=' ;
LESS          : '<' ;
GREATER       : '>' ;
LESS_EQUALS   : '<=' ;
GREATER_EQUALS : '>=' ;
NOT_EQUALS    : '<>' ;

// Only inside PATTERN ( ... ) of MATCH_RECOGNIZE.
LEFT_BRACE      : '{' ;
RIGHT_BRACE     : '}' ;
EXCLUSION_OPEN  : '{-' ;
EXCLUSION_CLOSE : '-}' ;
PIPE            : '|' ;
QUESTION        : '?' ;
DOLLAR          : '$' ;
