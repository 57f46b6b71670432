// Names, types and expressions. Precedence is the order of the alternatives, PostgreSQL's order.
// AND and OR live in a rule of their own, so that the AND of BETWEEN is never ambiguous. ESCAPE is
// written as an operator; the AST builder accepts it only on the right side of LIKE.
parser grammar SqlExpression;

identifier
  : IDENTIFIER | QUOTED_IDENTIFIER | freeWord | notFunctionWord | notAliasWord
  ;

// A name that may follow without AS: nothing that could begin the next clause.
bareName
  : IDENTIFIER | QUOTED_IDENTIFIER | freeWord | notFunctionWord
  ;

// After AS of a column and after a dot every word is a name.
anyName
  : identifier | functionWord | reservedWord
  ;

typeOrFunctionName
  : IDENTIFIER | QUOTED_IDENTIFIER | freeWord | notAliasWord | functionWord
  ;

qualifiedName
  : identifier ('.' anyName)*
  ;

functionName
  : typeOrFunctionName ('.' anyName)*
  ;

nameList
  : identifier (',' identifier)*
  ;

expressionList
  : expression (',' expression)*
  ;

expression
  : valueExpression                 # valueAlone
  | 'NOT' expression                # negation
  | expression 'AND' expression     # conjunction
  | expression 'OR' expression      # disjunction
  ;

valueExpression
  : primary                                                                     # primaryAlone
  | sign=('+' | '-') valueExpression                                            # signedValue
  | valueExpression 'COLLATE' qualifiedName                                     # collated
  | valueExpression 'AT' 'TIME' 'ZONE' valueExpression                          # atTimeZone
  | valueExpression '^' valueExpression                                         # power
  | valueExpression ('*' | '/' | '%') valueExpression                           # product
  | valueExpression ('+' | '-') valueExpression                                 # sum
  | symbol valueExpression                                                      # prefixed
  | valueExpression symbol valueExpression                                      # infixed
  | valueExpression 'ESCAPE' valueExpression                                    # escaped
  | valueExpression 'NOT'? 'BETWEEN' ('SYMMETRIC' | 'ASYMMETRIC')?
      valueExpression 'AND' valueExpression                                     # between
  | valueExpression 'NOT'? 'IN' QUERY_PAREN query ')'                           # inQuery
  | valueExpression 'NOT'? 'IN' '(' expressionList ')'                          # inList
  | valueExpression 'NOT'? likeWord quantifier quantified                       # likeQuantified
  | valueExpression 'NOT'? likeWord valueExpression                             # like
  | valueExpression quantifiedOperator quantifier quantified                    # comparedToAll
  | valueExpression comparisonOperator valueExpression                          # comparison
  | valueExpression 'IS' 'NOT'? ('NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN')         # isTest
  | valueExpression ('ISNULL' | 'NOTNULL')                                      # nullTest
  | valueExpression 'IS' 'NOT'? 'DISTINCT' 'FROM' valueExpression               # isDistinct
  | valueExpression 'OVERLAPS' valueExpression                                  # overlaps
  ;

comparisonOperator
  : '=' | '<' | '>' | '<=' | '>=' | '<>'
  ;

symbol
  : OPERATOR
  | 'OPERATOR' '(' (identifier '.')* operatorName ')'
  ;

operatorName
  : OPERATOR | comparisonOperator | '+' | '-' | '*' | '/' | '%' | '^'
  ;

quantifiedOperator
  : symbol | comparisonOperator | '+' | '-' | '*' | '/' | '%' | '^'
  ;

likeWord
  : 'LIKE' | 'ILIKE' | 'SIMILAR' 'TO'
  ;

quantifier
  : 'ANY' | 'SOME' | 'ALL'
  ;

quantified
  : QUERY_PAREN query ')'
  | '(' expression ')'
  ;

primary
  : literal                                         # literalPrimary
  | primary '::' typeName                           # typecast
  | primary '[' subscript ']'                       # subscripted
  | primary '.' anyName                             # field
  | primary '.' '*'                                 # fieldStar
  | '(' expression ')'                              # parenthesized
  | '(' expression (',' expression)+ ')'            # implicitRow
  | 'ROW' '(' expressionList? ')'                   # explicitRow
  | QUERY_PAREN query ')'                           # scalarSubquery
  | 'EXISTS' QUERY_PAREN query ')'                  # existsSubquery
  | 'ARRAY' QUERY_PAREN query ')'                   # arraySubquery
  | 'ARRAY' arrayElements                           # arrayConstructor
  | 'CASE' expression? whenThen+
      ('ELSE' expression)? 'END'                    # caseExpression
  | 'CAST' '(' expression 'AS' typeName ')'         # castCall
  | keywordCall                                     # keywordCallPrimary
  | currentValue                                    # currentValuePrimary
  | functionCall                                    # functionCallPrimary
  | identifier                                      # nameAlone
  ;

whenThen
  : 'WHEN' expression 'THEN' expression
  ;

subscript
  : expression
  | lower=expression? ':' upper=expression?
  ;

arrayElements
  : '[' (arrayElement (',' arrayElement)*)? ']'
  ;

arrayElement
  : expression | arrayElements
  ;

literal
  : 'NULL' | 'TRUE' | 'FALSE'
  | INTEGER | DECIMAL
  | STRING | BIT_STRING
  | PARAMETER
  | 'INTERVAL' modifiers? STRING intervalFields?
  | 'INTERVAL' number intervalUnit
  | literalType STRING
  ;

number
  : INTEGER | DECIMAL
  ;

literalType
  : functionName | plainTypeWord modifiers? | temporalType | characterType
  | 'DOUBLE' 'PRECISION' | 'BIT' 'VARYING'? modifiers?
  ;

// The calls whose arguments are separated by words.
keywordCall
  : 'EXTRACT' '(' (anyName | STRING) 'FROM' expression ')'                            # extractCall
  | 'SUBSTRING' '(' expression 'FROM' expression ('FOR' expression)? ')'             # substringFrom
  | 'SUBSTRING' '(' expression 'FOR' expression ('FROM' expression)? ')'              # substringFor
  | 'SUBSTRING' '(' valueExpression 'SIMILAR' valueExpression 'ESCAPE' valueExpression ')'
                                                                                  # substringSimilar
  | 'POSITION' '(' valueExpression 'IN' valueExpression ')'                           # positionIn
  | 'OVERLAY' '(' expression 'PLACING' expression 'FROM' expression
      ('FOR' expression)? ')'                                                       # overlayPlacing
  | 'TRIM' '(' side=('BOTH' | 'LEADING' | 'TRAILING')? expression? 'FROM'
      expressionList ')'                                                              # trimFrom
  | 'TRIM' '(' side=('BOTH' | 'LEADING' | 'TRAILING')? expressionList ')'             # trimList
  | word=('EXTRACT' | 'SUBSTRING' | 'POSITION' | 'OVERLAY' | 'GROUPING')
      '(' expressionList? ')'                                                         # wordCall
  ;

currentValue
  : ('CURRENT_DATE' | 'CURRENT_USER' | 'SESSION_USER' | 'USER' | 'CURRENT_ROLE' | 'CURRENT_CATALOG')
  | 'CURRENT_SCHEMA'
  | ('CURRENT_TIME' | 'CURRENT_TIMESTAMP' | 'LOCALTIME' | 'LOCALTIMESTAMP') ('(' INTEGER ')')?
  ;

functionCall
  : evaluation=('RUNNING' | 'FINAL')? functionName '(' callArguments? ')' nullTreatment?
      ('WITHIN' 'GROUP' '(' orderBy ')')? ('FILTER' '(' 'WHERE' expression ')')?
      nullTreatment? overClause?
  ;

callArguments
  : '*'
  | ('DISTINCT' | 'ALL')? argument (',' argument)* orderBy?
  ;

argument
  : 'VARIADIC'? (identifier ('=>' | ':='))? expression
  | (identifier '=>')? tableArgument
  | (identifier '=>')? 'DESCRIPTOR' '(' nameList ')'
  | (identifier '=>')? 'MODEL' qualifiedName
  ;

tableArgument
  : 'TABLE' (qualifiedName | QUERY_PAREN query ')' | '(' qualifiedName ')')
      ('PARTITION' 'BY' expressionList)? orderBy?
  ;

nullTreatment
  : ('RESPECT' | 'IGNORE') 'NULLS'
  ;

overClause
  : 'OVER' (identifier | windowSpecification)
  ;

windowSpecification
  : '(' base=bareName? ('PARTITION' 'BY' expressionList)? orderBy? frame? ')'
  ;

frame
  : units=('ROWS' | 'RANGE' | 'GROUPS')
      (frameBound | 'BETWEEN' frameBound 'AND' frameBound) frameExclusion?
  ;

frameBound
  : 'UNBOUNDED' ('PRECEDING' | 'FOLLOWING')
  | 'CURRENT' 'ROW'
  | expression ('PRECEDING' | 'FOLLOWING')
  ;

frameExclusion
  : 'EXCLUDE' ('CURRENT' 'ROW' | 'GROUP' | 'TIES' | 'NO' 'OTHERS')
  ;

typeName
  : 'SETOF'? baseType (arrayBound+ | 'ARRAY' arrayBound?)?
  ;

arrayBound
  : '[' INTEGER? ']'
  ;

baseType
  : 'DOUBLE' 'PRECISION'
  | characterType
  | 'BIT' 'VARYING'? modifiers?
  | temporalType
  | 'INTERVAL' (intervalFields | modifiers)?
  | plainTypeWord modifiers?
  | functionName modifiers?
  ;

plainTypeWord
  : 'INT' | 'INTEGER' | 'SMALLINT' | 'BIGINT' | 'REAL' | 'FLOAT' | 'DECIMAL' | 'DEC' | 'NUMERIC'
  | 'BOOLEAN' | 'VARCHAR'
  ;

characterType
  : ('CHARACTER' | 'CHAR' | 'NCHAR') 'VARYING'? modifiers?
  | 'NATIONAL' ('CHARACTER' | 'CHAR') 'VARYING'? modifiers?
  ;

temporalType
  : ('TIMESTAMP' | 'TIME') modifiers? (('WITH' | 'WITHOUT') 'TIME' 'ZONE')?
  ;

modifiers
  : '(' expressionList ')'
  ;

intervalFields
  : intervalUnit ('(' INTEGER ')')? ('TO' intervalUnit ('(' INTEGER ')')?)?
  ;

intervalUnit
  : 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND' | 'MILLISECOND'
  | 'YEARS' | 'MONTHS' | 'WEEKS' | 'DAYS' | 'HOURS' | 'MINUTES' | 'SECONDS' | 'MILLISECONDS'
  ;
