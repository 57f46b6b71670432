// Statements that read and write rows: INSERT, UPDATE, DELETE, COPY, SUBSCRIBE, cursors, EXPLAIN.
parser grammar SqlData;

// WITH stands in front of the choice, so that no decision has to read through it.
rowStatement
  : withClause? (queryBody | insert | update | deleteStatement)
  ;

insert
  : 'INSERT' 'INTO' qualifiedName ('AS' identifier)? ('(' nameList ')')?
      ('OVERRIDING' ('SYSTEM' | 'USER') 'VALUE')? ('DEFAULT' 'VALUES' | query)
      onConflict? returning?
  ;

onConflict
  : 'ON' 'CONFLICT' conflictTarget? 'DO'
      ('NOTHING' | 'UPDATE' 'SET' assignments ('WHERE' expression)?)
  ;

conflictTarget
  : '(' nameList ')' ('WHERE' expression)?
  | 'ON' 'CONSTRAINT' identifier
  ;

returning
  : 'RETURNING' selectList
  ;

update
  : 'UPDATE' 'ONLY'? qualifiedName '*'? ('AS' identifier | bareName)? 'SET' assignments
      ('FROM' fromItem (',' fromItem)*)? whereOrCursor? returning?
  ;

assignments
  : assignment (',' assignment)*
  ;

assignment
  : identifier '=' rowValue
  | '(' nameList ')' '=' ('ROW'? valueRow | QUERY_PAREN query ')')
  ;

deleteStatement
  : 'DELETE' 'FROM' 'ONLY'? qualifiedName '*'? ('AS' identifier | bareName)?
      ('USING' fromItem (',' fromItem)*)? whereOrCursor? returning?
  ;

whereOrCursor
  : 'WHERE' 'CURRENT' 'OF' identifier
  | 'WHERE' expression
  ;

truncate
  : 'TRUNCATE' 'TABLE'? 'ONLY'? qualifiedName (',' qualifiedName)*
      (('RESTART' | 'CONTINUE') 'IDENTITY')? behavior?
  ;

copy
  : 'COPY' copySource ('FROM' | direction='TO') copyTarget copyOptions ('WHERE' expression)?
  | 'COPY' 'BINARY' qualifiedName ('(' nameList ')')? ('FROM' | direction='TO') copyTarget
  ;

copySource
  : qualifiedName ('(' nameList ')')?
  | QUERY_PAREN rowStatement ')'
  | '(' (subscribe | rowStatement) ')'
  ;

copyTarget
  : 'STDIN' | 'STDOUT' | 'PROGRAM' STRING | STRING
  ;

copyOptions
  : 'WITH'? ('(' genericOption (',' genericOption)* ')' | copyWord*)
  ;

copyWord
  : 'BINARY' | 'CSV' | 'HEADER' | 'FREEZE'
  | ('DELIMITER' | 'NULL' | 'QUOTE' | 'ESCAPE') 'AS'? STRING
  | 'ENCODING' STRING
  ;

subscribe
  : 'SUBSCRIBE' 'TO'? (qualifiedName | QUERY_PAREN query ')') ('AS' 'OF' STRING)? withOptions?
  ;

waitFor
  : 'WAIT' 'FOR' 'STREAM' qualifiedName ('PARTITION' INTEGER)? 'OFFSET' INTEGER
  ;

explain
  : 'EXPLAIN' '(' genericOption (',' genericOption)* ')' explained
  | 'EXPLAIN' 'ANALYZE'? 'VERBOSE'? explained
  ;

explained
  : rowStatement | subscribe | declareCursor | execute
  | createView | createTableLike | createSink
  | ('VIEW' | 'MATERIALIZED' 'VIEW' | 'SINK')? qualifiedName
  ;

prepare
  : 'PREPARE' identifier ('(' typeName (',' typeName)* ')')? 'AS' preparable
  ;

preparable
  : rowStatement | subscribe
  ;

execute
  : 'EXECUTE' identifier ('(' expressionList ')')?
  ;

deallocate
  : 'DEALLOCATE' 'PREPARE'? ('ALL' | identifier)
  ;

declareCursor
  : 'DECLARE' identifier cursorWord* 'CURSOR' (('WITH' | 'WITHOUT') 'HOLD')?
      'FOR' (query | subscribe)
  ;

cursorWord
  : 'BINARY' | 'INSENSITIVE' | 'ASENSITIVE' | 'NO'? 'SCROLL'
  ;

fetch
  : ('FETCH' | 'MOVE') (fetchDirection? ('FROM' | 'IN'))? identifier
  | ('FETCH' | 'MOVE') fetchDirection identifier
  ;

fetchDirection
  : 'NEXT' | 'PRIOR' | 'FIRST' | 'LAST' | 'ALL'
  | ('ABSOLUTE' | 'RELATIVE') signedInteger
  | signedInteger
  | ('FORWARD' | 'BACKWARD') (signedInteger | 'ALL')?
  ;

signedInteger
  : ('+' | '-')? INTEGER
  ;

closeCursor
  : 'CLOSE' ('ALL' | identifier)
  ;
