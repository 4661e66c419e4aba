import { HTTP } from './http.ts'
import { DYNAMICS, POWERBI } from './microsoft.ts'
import { NETSUITE } from './netsuite.ts'
import { NODE } from './node.ts'
import { ORACLE } from './oracle.ts'
import { ADAPTIVE, ANAPLAN, COUPA, KINAXIS, WORKDAY } from './planning.ts'
import { POSTGRESQL } from './postgresql.ts'
import { SAP } from './sap.ts'
import type { Vendor } from './said.ts'
import { SALESFORCE, STRIPE, TRYTON } from './business-apps.ts'
import type { VendorNames } from './vendor-names.ts'
import { SFTP, SNOWFLAKE } from './warehouse.ts'

export const NAMES: Readonly<Record<Vendor, VendorNames>> = {
  http: HTTP,
  postgresql: POSTGRESQL,
  node: NODE,
  sap: SAP,
  oracle: ORACLE,
  netsuite: NETSUITE,
  dynamics: DYNAMICS,
  workday: WORKDAY,
  anaplan: ANAPLAN,
  adaptive: ADAPTIVE,
  coupa: COUPA,
  kinaxis: KINAXIS,
  salesforce: SALESFORCE,
  stripe: STRIPE,
  snowflake: SNOWFLAKE,
  powerbi: POWERBI,
  tryton: TRYTON,
  sftp: SFTP,
}
