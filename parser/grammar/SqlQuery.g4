// Queries: WITH, SELECT, FROM, windows, MATCH_RECOGNIZE, EMIT. A parenthesis that opens a query is
// a token of its own (QUERY_PAREN), so that no text can be read in two ways.
parser grammar SqlQuery;

query
  : withClause? queryBody
  ;

queryBody
  : queryTerm orderBy? resultLimit* rowLocking* emitClause?
  ;

withClause
  : 'WITH' 'RECURSIVE'? commonTable (',' commonTable)*
  ;

commonTable
  : identifier ('(' nameList ')')? 'AS' ('NOT'? 'MATERIALIZED')? QUERY_PAREN query ')'
  ;

queryTerm
  : queryPrimary                                                    # plainTerm
  | queryTerm 'INTERSECT' ('ALL' | 'DISTINCT')? queryTerm           # intersection
  | queryTerm ('UNION' | 'EXCEPT') ('ALL' | 'DISTINCT')? queryTerm  # combination
  ;

queryPrimary
  : select
  | values
  | 'TABLE' qualifiedName
  | QUERY_PAREN query ')'
  ;

values
  : 'VALUES' valueRow (',' valueRow)*
  ;

valueRow
  : '(' rowValue (',' rowValue)* ')'
  ;

rowValue
  : expression | 'DEFAULT'
  ;

select
  : 'SELECT' ('ALL' | 'DISTINCT' ('ON' '(' expressionList ')')?)? selectList?
      ('FROM' fromItem (',' fromItem)*)?
      streamWindow?
      ('WHERE' expression)?
      groupBy?
      ('HAVING' expression)?
      ('WINDOW' namedWindow (',' namedWindow)*)?
      ('QUALIFY' expression)?
  ;

selectList
  : selectItem (',' selectItem)*
  ;

selectItem
  : '*'
  | expression ('AS' anyName | bareName)?
  ;

groupBy
  : 'GROUP' 'BY' ('ALL' | 'DISTINCT')? groupingElement (',' groupingElement)*
  ;

groupingElement
  : '(' ')'
  | ('ROLLUP' | 'CUBE') '(' expressionList ')'
  | 'GROUPING' 'SETS' '(' groupingElement (',' groupingElement)* ')'
  | expression
  ;

namedWindow
  : identifier 'AS' windowSpecification
  ;

// WINDOW TUMBLING (SIZE ..., GRACE ...), the spelling of ksqlDB.
streamWindow
  : 'WINDOW' kind=('TUMBLING' | 'HOPPING' | 'SESSION') '(' windowSetting (',' windowSetting)* ')'
  ;

windowSetting
  : 'SIZE' timeSpan
  | 'ADVANCE' 'BY' timeSpan
  | 'GRACE' 'PERIOD'? timeSpan
  | timeSpan
  ;

timeSpan
  : number intervalUnit
  | expression
  ;

orderBy
  : 'ORDER' 'BY' sortKey (',' sortKey)*
  ;

sortKey
  : expression direction=('ASC' | 'DESC')? ('NULLS' nulls=('FIRST' | 'LAST'))?
  ;

resultLimit
  : 'LIMIT' ('ALL' | expression)
  | 'OFFSET' expression ('ROW' | 'ROWS')?
  | 'FETCH' ('FIRST' | 'NEXT') valueExpression? ('ROW' | 'ROWS') ('ONLY' | 'WITH' 'TIES')
  ;

rowLocking
  : 'FOR' (strength=('UPDATE' | 'SHARE') | 'NO' 'KEY' 'UPDATE' | 'KEY' 'SHARE')
      ('OF' qualifiedName (',' qualifiedName)*)? ('NOWAIT' | 'SKIP' 'LOCKED')?
  | 'FOR' 'READ' 'ONLY'
  ;

emitClause
  : 'EMIT' 'CHANGES'
  | 'EMIT' 'FINAL'
  | 'EMIT' ('ON' | 'AFTER') 'WINDOW' 'CLOSE'
  | 'EMIT' 'EVERY' timeSpan
  ;

fromItem
  : fromPrimary joinPart*
  ;

joinPart
  : 'CROSS' 'JOIN' fromPrimary
  | 'NATURAL' joinKind? 'JOIN' fromPrimary
  | joinKind? 'JOIN' fromPrimary joinWithin? joinCondition
  ;

joinKind
  : 'INNER'
  | side=('LEFT' | 'RIGHT' | 'FULL') 'OUTER'?
  | 'LEFT'? ('SEMI' | 'ANTI')
  | 'ASOF' ('INNER' | 'LEFT' 'OUTER'?)?
  | 'LEFT' 'ASOF'
  ;

joinWithin
  : 'WITHIN' ('(' timeSpan ',' timeSpan ')' | timeSpan) ('GRACE' 'PERIOD' timeSpan)?
  ;

joinCondition
  : ('MATCH_CONDITION' '(' expression ')')? ('ON' expression | 'USING' '(' nameList ')')
  | 'MATCH_CONDITION' '(' expression ')'
  ;

fromPrimary
  : fromSource systemTime? tableAlias? matchRecognize*
  ;

fromSource
  : 'ONLY'? qualifiedName '*'?                                    # namedSource
  | 'LATERAL'? QUERY_PAREN query ')'                             # querySource
  | 'LATERAL'? functionCall withOrdinality?                      # functionSource
  | 'TABLE' '(' functionCall ')'                                 # tableOfFunctionSource
  | 'TABLE' '(' qualifiedName ')'                                 # tableOfNameSource
  | 'LATERAL'? 'ROWS' 'FROM' '(' functionWithColumns
      (',' functionWithColumns)* ')' withOrdinality?             # rowsFromSource
  | '(' fromItem ')'                                             # nestedSource
  ;

withOrdinality
  : 'WITH' 'ORDINALITY'
  ;

functionWithColumns
  : functionCall ('AS' '(' columnTypeList ')')?
  ;

systemTime
  : 'FOR' 'SYSTEM_TIME' 'AS' 'OF' valueExpression
  ;

tableAlias
  : 'AS' '(' columnTypeList ')'
  | ('AS' identifier | bareName) ('(' (nameList | columnTypeList) ')')?
  ;

columnTypeList
  : columnType (',' columnType)*
  ;

columnType
  : identifier typeName
  ;

matchRecognize
  : 'MATCH_RECOGNIZE' '('
      ('PARTITION' 'BY' expressionList ('INACTIVE' 'AFTER' timeSpan)?)?
      orderBy?
      ('MEASURES' measure (',' measure)*)?
      rowsPerMatch?
      afterMatch?
      'PATTERN' '(' pattern ')'
      ('WITHIN' timeSpan)?
      ('SUBSET' subset (',' subset)*)?
      ('DEFINE' definition (',' definition)*)?
    ')' tableAlias?
  ;

measure
  : expression 'AS' anyName
  ;

rowsPerMatch
  : ('ONE' 'ROW' | 'ALL' 'ROWS') 'PER' 'MATCH' matchRowOption*
  ;

matchRowOption
  : 'SHOW' 'EMPTY' 'MATCHES'
  | 'OMIT' 'EMPTY' 'MATCHES'
  | 'WITH' 'UNMATCHED' 'ROWS'
  | 'WITH' 'TIMEOUT' 'ROWS'
  ;

afterMatch
  : 'AFTER' 'MATCH' 'SKIP' ('PAST' 'LAST' 'ROW' | 'TO' 'NEXT' 'ROW')
  | 'AFTER' 'MATCH' 'SKIP' 'TO' edge=('FIRST' | 'LAST')? identifier
  ;

subset
  : identifier '=' '(' nameList ')'
  ;

definition
  : identifier 'AS' expression
  ;

pattern
  : patternSequence ('|' patternSequence)*
  ;

patternSequence
  : patternFactor+
  ;

patternFactor
  : patternPrimary patternQuantifier?
  ;

patternPrimary
  : 'PERMUTE' '(' pattern (',' pattern)* ')'
  | identifier
  | '(' pattern? ')'
  | '{-' pattern '-}'
  | '^'
  | '$'
  ;

patternQuantifier
  : ('*' | '+' | '?') reluctant='?'?
  | '{' exact=INTEGER '}' reluctant='?'?
  | '{' least=INTEGER? ',' most=INTEGER? '}' reluctant='?'?
  ;
