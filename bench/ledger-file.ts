import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { dirname } from 'node:path'

export type LedgerFile = {
  readonly lines: number
  /** Documents whose amounts differ from those of the plain ledger. */
  readonly isChanged?: (document: number) => boolean
  /** Documents booked on a cost centre nobody knows, one of 20. */
  readonly isRefused?: (document: number) => boolean
  /** Documents that are not there, and those that have another number. */
  readonly isMissing?: (document: number) => boolean
  readonly isRenamed?: (document: number) => boolean
  /** All of one entity and period. */
  readonly isOneSlice?: boolean
}

const never = () => false

/** A ledger in four-line documents over twelve entities and twelve periods, as a CSV file. Every document balances. */
export async function writeLedger(path: string, of: LedgerFile): Promise<void> {
  const { lines, isChanged = never, isRefused = never, isMissing = never, isRenamed = never, isOneSlice = false } = of
  await mkdir(dirname(path), { recursive: true })
  const out = createWriteStream(path)
  let text =
    'company,posted_on,journal,line,account,cost_centre,project,partner,currency,debit,credit,status,text,value_date,reference,user,source,tax_code,quantity,unit\n'
  for (let n = 0; n < lines; n++) {
    const document = Math.floor(n / 4)
    if (isMissing(document)) continue
    const within = n % 4
    const base = 1_000 + ((document * 7_919) % 9_000_000) + (isChanged(document) ? 100 : 0)
    // Two debits against two credits of the same document.
    const cents = within % 2 === 0 ? base : base + 250
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
    const costCentre = isRefused(document) ? `X${Math.floor(document / 50) % 20}` : `CC${100 + (n % 40)}`
    const day = String(1 + (document % 28)).padStart(2, '0')
    const month = isOneSlice ? '03' : String(1 + (Math.floor(document / 28) % 12)).padStart(2, '0')
    const entity = isOneSlice ? 'DE01' : `DE${String(1 + (document % 12)).padStart(2, '0')}`
    text += `${entity},2026-${month}-${day},${isRenamed(document) ? 'K' : 'J'}${1_000_000 + document},${within + 1},${4_000 + (n % 97)},${costCentre},${n % 3 === 0 ? `P${n % 9}` : ''},S${n % 977},EUR,${
      within < 2 ? amount : ''
    },${within < 2 ? '' : amount},posted,Invoice ${document} of supplier ${n % 977},2026-${month}-${day},REF${document},user${n % 50},AP,V${n % 5},${n % 100},PCE\n`
    if (text.length > 1 << 20) {
      if (!out.write(text)) await once(out, 'drain')
      text = ''
    }
  }
  out.end(text)
  await once(out, 'finish')
}

/** `onFailure`: what the job does with a load in which records were refused. */
export const benchJobs = (onFailure: 'hold' | 'quarantine') => `
job: bench-ledger
title: Ledger for measuring
owner: bench
system: { code: bench, name: Bench, kind: erp }
source: { type: file }
format: { type: csv }
objectType: journal_line
onFailure: ${onFailure}
mapping:
  key: [journal, line]
  fields:
    entity: company
    period: { calendar: posted_on }
    counterparty: partner
    accounting_status: status
    document: journal
    description: text
    effective_on: value_date
rules:
  required: [entity, account, period, currency, document]
  members: [account, cost_centre]
  balanced: true
---
job: bench-accounts
title: Accounts
owner: bench
system: { code: bench, name: Bench, kind: erp }
source: { type: file }
format: { type: csv }
objectType: account
---
job: bench-cost-centres
title: Cost centres
owner: bench
system: { code: bench, name: Bench, kind: erp }
source: { type: file }
format: { type: csv }
objectType: cost_centre
`

/** The ledger job alone by another name, of a system of its own. */
export const ledgerJobOf = (name: string): string =>
  benchJobs('hold').split('\n---\n')[0]!.replaceAll('bench-ledger', name).replace('code: bench,', `code: ${name},`)
