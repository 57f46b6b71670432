// Riverrun's SQL: the statements, and the definitions of objects. Grammar only: parser/build_*.cpp
// turns what it recognises into the AST.
parser grammar SqlParser;

options { tokenVocab = SqlLexer; }

import SqlKeywordClasses, SqlExpression, SqlQuery, SqlData, SqlSession;

singleStatement : statement EOF ;
singleExpression : expression EOF ;
singleType : typeName EOF ;

statement
  : rowStatement | truncate
  | copy | subscribe | waitFor | explain
  | prepare | execute | deallocate
  | declareCursor | fetch | closeCursor
  | transaction | setStatement | resetStatement | show | describe | discard
  | listen | notify | unlisten
  | grant | roleStatement
  | createRelation | createTableLike | createView | createIndex | createSink | createSchema
  | createSecret | createAlert | createModel | createFunction
  | alter | drop | comment | refresh
  ;

relationKind
  : 'STREAM' | 'SOURCE' | 'TABLE'
  ;

ifNotExists
  : 'IF' 'NOT' 'EXISTS'
  ;

createRelation
  : 'CREATE' ('TEMP' | 'TEMPORARY')? relationKind ifNotExists? qualifiedName
      ('(' (tableElement (',' tableElement)*)? ')')?
      ('PARTITION' 'BY' '(' expressionList ')')?
      withOptions?
      formatClause?
  ;

// CREATE TABLE t AS query, CREATE STREAM s AS query.
createTableLike
  : 'CREATE' ('TEMP' | 'TEMPORARY')? relationKind ifNotExists? qualifiedName ('(' nameList ')')?
      withOptions? 'AS' query withData?
  ;

withData
  : 'WITH' 'NO'? 'DATA'
  ;

formatClause
  : 'FORMAT' identifier 'ENCODE' identifier
  ;

tableElement
  : watermark
  | tableConstraint
  | 'LIKE' qualifiedName
  | columnDefinition
  ;

watermark
  : 'WATERMARK' 'FOR' identifier ('AS' expression)?
  ;

columnDefinition
  : identifier typeName? columnConstraint*
  ;

columnConstraint
  : ('CONSTRAINT' identifier)? (
      'NOT' 'NULL'
    | 'NULL'
    | 'DEFAULT' valueExpression
    | 'PRIMARY' 'KEY' notEnforced?
    | 'UNIQUE'
    | 'CHECK' '(' expression ')'
    | 'GENERATED' 'ALWAYS' 'AS' '(' expression ')' ('STORED' | 'VIRTUAL')?
    | 'GENERATED' ('ALWAYS' | 'BY' 'DEFAULT') 'AS' 'IDENTITY'
    | 'METADATA' ('FROM' STRING)? 'VIRTUAL'?
    | 'REFERENCES' qualifiedName ('(' nameList ')')?
    | 'COLLATE' qualifiedName )
  ;

notEnforced
  : 'NOT' 'ENFORCED'
  ;

tableConstraint
  : ('CONSTRAINT' identifier)? (
      'PRIMARY' 'KEY' '(' nameList ')' notEnforced?
    | 'UNIQUE' '(' nameList ')'
    | 'CHECK' '(' expression ')'
    | 'FOREIGN' 'KEY' '(' nameList ')' 'REFERENCES' qualifiedName ('(' nameList ')')? )
  ;

withOptions
  : 'WITH' '(' (assignedOption (',' assignedOption)*)? ')'
  ;

assignedOption
  : optionKey ('=' optionValue)?
  ;

genericOption
  : optionKey '='? optionValue?
  ;

optionKey
  : anyName ('.' anyName)*
  | STRING
  ;

optionValue
  : STRING
  | ('+' | '-')? number
  | 'SECRET' qualifiedName
  | 'INTERVAL' STRING intervalFields?
  | '(' optionValue (',' optionValue)* ')'
  | '*'
  | anyName
  ;

createView
  : 'CREATE' ('OR' 'REPLACE')? ('TEMP' | 'TEMPORARY')? 'MATERIALIZED'? 'VIEW' ifNotExists?
      qualifiedName
      ('(' nameList ')')? withOptions? 'AS' query withData?
  ;

createIndex
  : 'CREATE' 'UNIQUE'? 'INDEX' 'CONCURRENTLY'? (ifNotExists? qualifiedName)?
      'ON' 'ONLY'? qualifiedName
      ('USING' identifier)? '(' indexKey (',' indexKey)* ')' ('INCLUDE' '(' nameList ')')?
      withOptions? ('WHERE' expression)?
  ;

indexKey
  : primary direction=('ASC' | 'DESC')? ('NULLS' nulls=('FIRST' | 'LAST'))?
  ;

createSink
  : 'CREATE' 'SINK' ifNotExists? qualifiedName ('FROM' qualifiedName | 'AS' query) withOptions?
      formatClause?
  ;

createSchema
  : 'CREATE' 'SCHEMA' ifNotExists?
      (identifier ('AUTHORIZATION' identifier)? | 'AUTHORIZATION' identifier)
  ;

createSecret
  : 'CREATE' ('OR' 'REPLACE')? 'SECRET' ifNotExists? qualifiedName 'AS' STRING
  ;

createAlert
  : 'CREATE' ('OR' 'REPLACE')? 'ALERT' ifNotExists? qualifiedName
      'ON' (qualifiedName | QUERY_PAREN query ')')
      ('KEY' '(' nameList ')')? 'WHEN' expression alertPart* withOptions?
  ;

alertPart
  : 'FOR' timeSpan
  | 'RESOLVE' 'WHEN' expression
  | 'COOLDOWN' timeSpan
  | 'GROUP' 'BY' expressionList
  | 'SEVERITY' STRING
  | 'NOTIFY' nameList
  | 'MESSAGE' expression
  ;

createModel
  : 'CREATE' ('OR' 'REPLACE')? 'MODEL' ifNotExists? qualifiedName 'FROM' STRING
      ('INPUT' '(' columnTypeList ')')? ('OUTPUT' '(' columnTypeList ')')? withOptions?
  ;

createFunction
  : 'CREATE' ('OR' 'REPLACE')? 'FUNCTION' qualifiedName
      '(' (functionParameter (',' functionParameter)*)? ')'
      'RETURNS' (typeName | 'TABLE' '(' columnTypeList ')') functionPart*
  ;

functionParameter
  : 'VARIADIC'? identifier? typeName (('DEFAULT' | '=') expression)?
  ;

functionPart
  : 'LANGUAGE' (identifier | STRING)
  | 'AS' STRING
  | 'RETURN' expression
  | 'IMMUTABLE' | 'STABLE' | 'VOLATILE' | 'STRICT'
  | 'CALLED' 'ON' 'NULL' 'INPUT'
  | 'RETURNS' 'NULL' 'ON' 'NULL' 'INPUT'
  ;

objectKind
  : 'TABLE' | 'STREAM' | 'SOURCE' | 'MATERIALIZED' 'VIEW' | 'VIEW' | 'INDEX' | 'SINK' | 'SCHEMA'
  | 'SECRET' | 'ALERT' | 'MODEL' | 'FUNCTION' | 'ROLE' | 'USER'
  ;

// AS query stands alone: a comma behind it would blur where a select list ends.
alter
  : 'ALTER' objectKind ('IF' 'EXISTS')? 'ONLY'? qualifiedName
      ('AS' query | alterAction (',' alterAction)*)
  ;

alterAction
  : 'ADVANCE' 'WATERMARK' 'TO' expression                            # advanceWatermark
  | 'RESET' 'TO' expression 'REBUILD'?                               # resetTo
  | 'RESET' '(' optionKey (',' optionKey)* ')'                       # resetOptions
  | 'CLOSE'                                                          # closeStream
  | 'PAUSE'                                                          # pause
  | 'RESUME'                                                         # resume
  | 'ENABLE'                                                         # enable
  | 'DISABLE'                                                        # disable
  | 'REBUILD'                                                        # rebuild
  | 'AS' STRING                                                      # replaceText
  | 'SET' '(' assignedOption (',' assignedOption)* ')'               # setOptions
  | 'SET' 'SCHEMA' identifier                                        # setSchema
  | 'SET' 'VERSION' STRING                                           # setVersion
  | 'OWNER' 'TO' grantee                                             # ownerTo
  | 'RENAME' 'TO' identifier                                         # renameTo
  | 'RENAME' 'COLUMN'? identifier 'TO' identifier                    # renameColumn
  | 'RENAME' 'CONSTRAINT' identifier 'TO' identifier                 # renameConstraint
  | 'ADD' tableConstraint                                            # addConstraint
  | 'ADD' watermark                                                  # addWatermark
  | 'ADD' 'COLUMN'? ifNotExists? columnDefinition                    # addColumn
  | 'DROP' 'CONSTRAINT' ('IF' 'EXISTS')? identifier behavior?        # dropConstraint
  | 'DROP' 'COLUMN'? ('IF' 'EXISTS')? identifier behavior?           # dropColumn
  | 'ALTER' watermark                                                # alterWatermark
  | 'ALTER' 'COLUMN'? identifier alterColumn                         # alterColumnAction
  ;

alterColumn
  : 'SET' 'DEFAULT' expression
  | 'DROP' 'DEFAULT'
  | ('SET' | 'DROP') 'NOT' 'NULL'
  | ('SET' 'DATA')? 'TYPE' typeName ('USING' expression)?
  ;

behavior
  : 'CASCADE' | 'RESTRICT'
  ;

drop
  : 'DROP' objectKind 'CONCURRENTLY'? ('IF' 'EXISTS')? droppedName (',' droppedName)* behavior?
  ;

droppedName
  : qualifiedName ('(' (typeName (',' typeName)*)? ')')?
  ;

comment
  : 'COMMENT' 'ON' (objectKind | 'COLUMN') droppedName 'IS' (STRING | 'NULL')
  ;

refresh
  : 'REFRESH' 'MATERIALIZED' 'VIEW' 'CONCURRENTLY'? qualifiedName withData?
  ;
