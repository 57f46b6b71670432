// Statements about the session: transactions, settings, SHOW, LISTEN, privileges and roles.
parser grammar SqlSession;

transaction
  : ('BEGIN' ('WORK' | 'TRANSACTION')? | 'START' 'TRANSACTION') transactionModes? # beginTransaction
  | ('COMMIT' | 'END') ('WORK' | 'TRANSACTION')? chain?                             # commit
  | ('ROLLBACK' | 'ABORT') ('WORK' | 'TRANSACTION')? chain?                         # rollback
  | 'ROLLBACK' ('WORK' | 'TRANSACTION')? 'TO' 'SAVEPOINT'? identifier               # rollbackTo
  | 'SAVEPOINT' identifier                                                          # savepoint
  | 'RELEASE' 'SAVEPOINT'? identifier                                             # releaseSavepoint
  ;

chain
  : 'AND' 'NO'? 'CHAIN'
  ;

transactionModes
  : transactionMode (','? transactionMode)*
  ;

transactionMode
  : 'ISOLATION' 'LEVEL' isolationLevel
  | 'READ' ('ONLY' | 'WRITE')
  | 'NOT'? 'DEFERRABLE'
  ;

isolationLevel
  : 'SERIALIZABLE' | 'REPEATABLE' 'READ' | 'READ' ('COMMITTED' | 'UNCOMMITTED')
  ;

setStatement
  : 'SET' scope=('SESSION' | 'LOCAL')? settingName ('TO' | '=') settingValues        # setSetting
  | 'SET' scope=('SESSION' | 'LOCAL')? 'TIME' 'ZONE' settingValues                   # setTimeZone
  | 'SET' scope=('SESSION' | 'LOCAL')? ('NAMES' | 'SCHEMA') settingValues            # setNames
  | 'SET' scope=('SESSION' | 'LOCAL')? 'ROLE' (anyName | STRING)                     # setRole
  | 'SET' scope=('SESSION' | 'LOCAL')? 'SESSION' 'AUTHORIZATION' (anyName | STRING)
                                                                                  # setAuthorization
  | 'SET' scope='LOCAL'? 'TRANSACTION' transactionModes                             # setTransaction
  | 'SET' 'SESSION' 'CHARACTERISTICS' 'AS' 'TRANSACTION' transactionModes       # setCharacteristics
  ;

settingName
  : identifier ('.' anyName)*
  ;

settingValues
  : 'DEFAULT'
  | settingValue (',' settingValue)*
  ;

settingValue
  : STRING | ('+' | '-')? number | anyName | 'INTERVAL' STRING intervalFields?
  ;

resetStatement
  : 'RESET' ('ALL' | 'TIME' 'ZONE' | 'TRANSACTION' 'ISOLATION' 'LEVEL' | 'SESSION' 'AUTHORIZATION'
            | settingName)
  ;

show
  : 'SHOW' 'TRANSACTION' 'ISOLATION' 'LEVEL'                                         # showIsolation
  | 'SHOW' 'TIME' 'ZONE'                                                             # showTimeZone
  | 'SHOW' 'SESSION' 'AUTHORIZATION'                                             # showAuthorization
  | 'SHOW' 'ALL'                                                                     # showAll
  | 'SHOW' 'CREATE' objectKind qualifiedName                                         # showCreate
  | 'SHOW' showSubject (('FROM' | 'IN') qualifiedName)? ('LIKE' STRING)?             # showObjects
  | 'SHOW' settingName                                                               # showSetting
  ;

showSubject
  : 'TABLES' | 'STREAMS' | 'SOURCES' | 'VIEWS' | 'MATERIALIZED' 'VIEWS' | 'SINKS' | 'INDEXES'
  | 'SCHEMAS' | 'ROLES' | 'FUNCTIONS' | 'CONNECTORS' | 'JOBS' | 'ALERTS' | 'MODELS' | 'SECRETS'
  | 'COLUMNS'
  ;

describe
  : ('DESCRIBE' | 'DESC') qualifiedName
  ;

discard
  : 'DISCARD' ('ALL' | 'PLANS' | 'SEQUENCES' | 'TEMP' | 'TEMPORARY')
  ;

listen
  : 'LISTEN' identifier
  ;

notify
  : 'NOTIFY' identifier (',' STRING)?
  ;

unlisten
  : 'UNLISTEN' ('*' | identifier)
  ;

grant
  : 'GRANT' privileges 'ON' grantObjects 'TO' grantee (',' grantee)* ('WITH' 'GRANT' 'OPTION')?
      grantedBy?                                                                   # grantPrivileges
  | 'REVOKE' ('GRANT' 'OPTION' 'FOR')? privileges 'ON' grantObjects 'FROM' grantee (',' grantee)*
      grantedBy? behavior?                                                        # revokePrivileges
  | 'GRANT' nameList 'TO' grantee (',' grantee)* ('WITH' 'ADMIN' 'OPTION')?
      grantedBy?                                                                     # grantRoles
  | 'REVOKE' ('ADMIN' 'OPTION' 'FOR')? nameList 'FROM' grantee (',' grantee)*
      grantedBy? behavior?                                                           # revokeRoles
  ;

privileges
  : 'ALL' 'PRIVILEGES'?
  | privilege (',' privilege)*
  ;

privilege
  : (identifier | 'SELECT' | 'REFERENCES' | 'CREATE') ('(' nameList ')')?
  ;

grantObjects
  : 'ALL' manyKind 'IN' 'SCHEMA' nameList
  | objectKind? qualifiedName (',' qualifiedName)*
  ;

manyKind
  : 'TABLES' | 'SEQUENCES' | 'FUNCTIONS' | 'ROUTINES'
  ;

grantee
  : 'GROUP'? (identifier | 'CURRENT_USER' | 'CURRENT_ROLE' | 'SESSION_USER')
  ;

grantedBy
  : 'GRANTED' 'BY' grantee
  ;

roleStatement
  : 'CREATE' ('ROLE' | 'USER') identifier 'WITH'? roleOption*                        # createRole
  | 'ALTER' ('ROLE' | 'USER') identifier 'RENAME' 'TO' identifier                    # renameRole
  | 'ALTER' ('ROLE' | 'USER') (identifier | 'ALL') (setStatement | resetStatement)   # setForRole
  | 'ALTER' ('ROLE' | 'USER') identifier 'WITH'? roleOption*                         # alterRole
  ;

roleOption
  : ('ENCRYPTED' | 'UNENCRYPTED')? 'PASSWORD' (STRING | 'NULL')
  | 'CONNECTION' 'LIMIT' signedInteger
  | 'VALID' 'UNTIL' STRING
  | ('IN' 'ROLE' | 'IN' 'GROUP' | 'ROLE' | 'USER' | 'ADMIN') nameList
  | IDENTIFIER
  | 'INHERIT'
  ;
