import { entityOf } from './company.ts'
import type { WorldFile } from './world-file.ts'
import { postingsOf, type Posting } from './ledger.ts'
import { dayOf, OPEN, periodOf, TODAY } from './periods.ts'
import { randomOf } from './random.ts'
import { decimal } from './shown.ts'

/** The bank of Torvane Distribution: camt.053, a file a month with a statement a week. */
const HOLDER = entityOf('TI06')
const CASH = '113100'
const ACCOUNT = 'US7700004401'
const OPENING = 500_000_00
/** Statements begin on the first of these days of a month. */
const WEEKS = [1, 8, 15, 22]

type Booked = Posting & { readonly booked: string }

/**
 * What the bank shows of the same receipts and payments: it books on working days only, and some a few days late, so that what the ledger has at
 * the end of a month the bank has in the next, or not yet.
 */
export function commercialBankFiles(periods: readonly number[]): WorldFile[] {
  const [first] = periods
  const known = [(first ?? 0) - 1, ...periods].flatMap((index) =>
    postingsOf(HOLDER, index).filter(({ account }) => account === CASH),
  )
  const since = periodOf(HOLDER, first ?? 0).startsOn
  const booked = known
    .map((posting) => ({ ...posting, booked: bookingDay(posting) }))
    .filter((one) => one.booked >= since && one.booked <= TODAY)
  booked.sort((a, b) => (a.booked === b.booked ? (a.document < b.document ? -1 : 1) : a.booked < b.booked ? -1 : 1))
  let balance = OPENING
  let sequence = 100
  let before = dayOf({ ...periodOf(HOLDER, first ?? 0) }, -1)
  return periods.map((index) => {
    const month = periodOf(HOLDER, index)
    const statements = WEEKS.flatMap((day, nth) => {
      const [from, to] = [dayOf(month, day - 1), nth === 3 ? month.endsOn : dayOf(month, WEEKS[nth + 1]! - 2)]
      if (from > TODAY) return []
      const until = index === OPEN && to > TODAY ? TODAY : to
      const entries = booked.filter((one) => one.booked >= from && one.booked <= until)
      const closing = balance + entries.reduce((sum, { minor }) => sum + minor, 0)
      const text = statement({
        id: `TCB-${from}`,
        sequence: ++sequence,
        opening: balance,
        openedOn: before,
        closing,
        closedOn: until,
        entries,
      })
      balance = closing
      before = until
      return [text]
    })
    return { folder: 'bank-us', name: `camt053_${month.period}.xml`, bytes: Buffer.from(document(month.period, statements)) }
  })
}

function bookingDay({ document: name, date }: Posting): string {
  const random = randomOf(`bank ${name}`)
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + (random.whole(0, 12) === 0 ? random.whole(1, 5) : 0))
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day.setUTCDate(day.getUTCDate() + 1)
  return day.toISOString().slice(0, 10)
}

type Statement = {
  id: string
  sequence: number
  opening: number
  openedOn: string
  closing: number
  closedOn: string
  entries: readonly Booked[]
}

const money = (minor: number) =>
  `<Amt Ccy="${HOLDER.currency}">${decimal(Math.abs(minor), HOLDER)}</Amt><CdtDbtInd>${minor < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`
const balanceOf = (code: string, minor: number, on: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${money(minor)}<Dt><Dt>${on}</Dt></Dt></Bal>`
const sumOf = (entries: readonly Booked[]) =>
  decimal(
    entries.reduce((sum, { minor }) => sum + Math.abs(minor), 0),
    HOLDER,
  )
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function statement({ id, sequence, opening, openedOn, closing, closedOn, entries }: Statement): string {
  const [credits, debits] = [entries.filter(({ minor }) => minor >= 0), entries.filter(({ minor }) => minor < 0)]
  const total = (name: string, of: readonly Booked[]) =>
    `<${name}><NbOfNtries>${of.length}</NbOfNtries><Sum>${sumOf(of)}</Sum></${name}>`
  return `<Stmt><Id>${id}</Id><ElctrncSeqNb>${sequence}</ElctrncSeqNb><CreDtTm>${closedOn}T22:00:00</CreDtTm>
<Acct><Id><Othr><Id>${ACCOUNT}</Id></Othr></Id><Ccy>${HOLDER.currency}</Ccy></Acct>
${balanceOf('OPBD', opening, openedOn)}${balanceOf('CLBD', closing, closedOn)}
<TxsSummry>${total('TtlNtries', entries)}${total('TtlCdtNtries', credits)}${total('TtlDbtNtries', debits)}</TxsSummry>
${entries.map(entryOf).join('\n')}
</Stmt>`
}

function entryOf({ document: name, booked, date, minor, counterparty, text }: Booked): string {
  const other = minor < 0 ? 'Cdtr' : 'Dbtr'
  return `<Ntry>${money(minor)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${booked}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt><AcctSvcrRef>TCB${name}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${minor < 0 ? 'ICDT' : 'RCDT'}</Cd><SubFmlyCd>ACDT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>${name}</EndToEndId></Refs><RltdPties><${other}><Pty><Nm>${escaped(counterparty)}</Nm></Pty></${other}></RltdPties>\
<RmtInf><Ustrd>${escaped(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
}

const document = (period: string, statements: readonly string[]) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>TCB-${period}</MsgId><CreDtTm>${TODAY}T23:00:00</CreDtTm></GrpHdr>
${statements.join('\n')}
</BkToCstmrStmt></Document>
`
