import type { Fields } from '#server/formats/bank/camt-fields.ts'
import type { EntryFacts } from '#server/formats/bank/statement-writer.ts'
import { dayOf } from '#server/formats/bank/text-lines.ts'
import { unitsOf } from '#server/formats/bank/units.ts'
import { quoted } from '#server/formats/words.ts'

/** Throws what is wrong, in words, at the place that is being read. */
export type Wrong = (what: string) => Error

/** CRDT is money in: the sign of an amount is its direction, and a reversal has its own direction already. */
export function signedAmount(fields: Fields, currency: string, what: string, wrong: Wrong): bigint {
  const text = fields.get('Amt') ?? ''
  const units = unitsOf(text, '.')
  if (units === null) throw wrong(`the amount of the ${what} is ${quoted(text, 40)}`)
  const found = fields.get('Amt@Ccy') ?? ''
  if (found !== currency) throw wrong(`the ${what} is in ${quoted(found, 10)}, and its statement in ${currency}`)
  return units * directionOf(fields.get('CdtDbtInd') ?? '', what, wrong)
}

export function directionOf(indicator: string, what: string, wrong: Wrong): 1n | -1n {
  if (indicator === 'CRDT') return 1n
  if (indicator === 'DBIT') return -1n
  throw wrong(`the ${what} is neither CRDT nor DBIT but ${quoted(indicator, 10)}`)
}

const NOT_BOOKED = new Set(['PDNG', 'INFO', 'FUTR'])

/** Versions up to 3 write the status itself, later ones its code. */
export function isBooked(entry: Fields, wrong: Wrong): boolean {
  const status = entry.get('Sts/Cd') ?? entry.get('Sts') ?? entry.get('Sts/Prtry') ?? ''
  if (status === 'BOOK') return true
  if (NOT_BOOKED.has(status)) return false
  throw wrong(`the status of the entry is ${quoted(status, 20)}`)
}

/** The amounts of the details, where each says one in the currency of the entry and they add up to it; else null: the entry stands for them. */
export function detailAmounts(details: readonly Fields[], entry: Fields, total: bigint, currency: string): bigint[] | null {
  if (details.length < 2) return null
  const amounts: bigint[] = []
  for (const one of details) {
    const name = one.has('Amt') ? 'Amt' : 'AmtDtls/TxAmt/Amt'
    const units = unitsOf(one.get(name) ?? '', '.')
    if (units === null || one.get(`${name}@Ccy`) !== currency) return null
    amounts.push((one.get('CdtDbtInd') || entry.get('CdtDbtInd')) === 'DBIT' ? -units : units)
  }
  return amounts.reduce((sum, amount) => sum + amount, 0n) === total ? amounts : null
}

/** '' where there is no such day. */
export function realDay(text: string): string {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? []
  return dayOf(year, month, day) ?? ''
}

/** A day, or the day of a time as the bank wrote it. */
export const dayIn = (fields: Fields, path: string): string =>
  fields.get(`${path}/Dt`) ?? fields.get(`${path}/DtTm`)?.slice(0, 10) ?? ''

export function entryFacts(entry: Fields, details: Fields | undefined, isIn: boolean): EntryFacts {
  const of = (...paths: string[]) => paths.map((path) => details?.get(path) ?? '').find((text) => text !== '') ?? ''
  // Who paid where money came in, who was paid where it went out.
  const [other, agent] = isIn ? ['Dbtr', 'DbtrAgt'] : ['Cdtr', 'CdtrAgt']
  const text = of('RmtInf/Ustrd')
  const bank = of('Refs/AcctSvcrRef') || (entry.get('AcctSvcrRef') ?? '')
  return {
    booking_date: dayIn(entry, 'BookgDt'),
    value_date: dayIn(entry, 'ValDt'),
    reversal: /^(true|1)$/.test(entry.get('RvslInd') ?? '') ? 'true' : '',
    transaction_code: codeOf(details) || codeOf(entry),
    bank_reference: bank,
    customer_reference: of('Refs/InstrId', 'Refs/PmtInfId', 'Refs/ChqNb') || (entry.get('NtryRef') ?? ''),
    end_to_end_id: of('Refs/EndToEndId'),
    mandate_id: of('Refs/MndtId'),
    counterparty_name: of(`RltdPties/${other}/Nm`, `RltdPties/${other}/Pty/Nm`),
    counterparty_account: of(`RltdPties/${other}Acct/Id/IBAN`, `RltdPties/${other}Acct/Id/Othr/Id`),
    counterparty_bank: of(...['BICFI', 'BIC', 'ClrSysMmbId/MmbId'].map((name) => `RltdAgts/${agent}/FinInstnId/${name}`)),
    remittance: text,
    creditor_reference: of('RmtInf/Strd/CdtrRefInf/Ref'),
    return_reason: of('RtrInf/Rsn/Cd', 'RtrInf/Rsn/Prtry'),
    narrative: of('AddtlTxInf') || (entry.get('AddtlNtryInf') ?? ''),
  }
}

function codeOf(fields: Fields | undefined): string {
  const of = (path: string) => fields?.get(`BkTxCd/${path}`) ?? ''
  const domain = [of('Domn/Cd'), of('Domn/Fmly/Cd'), of('Domn/Fmly/SubFmlyCd')].filter(Boolean).join('/')
  return domain || of('Prtry/Cd')
}
