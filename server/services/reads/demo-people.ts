import type { Queryable } from '#db/client.ts'
import { listDemoPeople } from '#db/queries/demo.ts'

const SIGN_INS = ['fiona', 'cara', 'carl', 'ivan', 'ada', 'adam']

/** Who a newcomer can sign in as; empty unless the demonstration company is there. */
export const readDemoPeople = (db: Queryable) => listDemoPeople(db, SIGN_INS)
