import { POWERBI_CORPUS, SALESFORCE_CORPUS, STRIPE_CORPUS, TRYTON_CORPUS } from './business-apps.ts'
import type { Corpus } from './entry.ts'
import { NETSUITE_CORPUS } from './netsuite.ts'
import { ORACLE_CORPUS } from './oracle.ts'
import { ADAPTIVE_CORPUS, ANAPLAN_CORPUS, COUPA_CORPUS, DYNAMICS_CORPUS, KINAXIS_CORPUS, WORKDAY_CORPUS } from './planning.ts'
import { HTTP_CORPUS, NODE_CORPUS, POSTGRESQL_CORPUS, SFTP_CORPUS, SNOWFLAKE_CORPUS } from './protocols.ts'
import { SAP_CORPUS } from './sap.ts'

/** Messages as systems send them, with values of our own, and the name each must get. */
export const CORPUS: readonly Corpus[] = [
  SAP_CORPUS,
  ORACLE_CORPUS,
  NETSUITE_CORPUS,
  DYNAMICS_CORPUS,
  WORKDAY_CORPUS,
  ANAPLAN_CORPUS,
  ADAPTIVE_CORPUS,
  COUPA_CORPUS,
  KINAXIS_CORPUS,
  SALESFORCE_CORPUS,
  STRIPE_CORPUS,
  SNOWFLAKE_CORPUS,
  POWERBI_CORPUS,
  TRYTON_CORPUS,
  HTTP_CORPUS,
  NODE_CORPUS,
  POSTGRESQL_CORPUS,
  SFTP_CORPUS,
]
