import type { BusinessCode } from './rules/catalogue.ts'

/** A canonical line as the mapper fills it. debit and credit are minor units of the currency as the source wrote them. */
export type Line = {
  sourceKey: string
  entity: string
  period: string
  version: string
  currency: string
  /** Minor digits of the currency; 2 where the currency is unknown and the line will be rejected. */
  digits: number
  debit: bigint
  credit: bigint
  /** The same in units of the currency, as it is stored: '1234.50', and '0' for nothing. */
  debitText: string
  creditText: string
  account: string
  costCentre: string
  project: string
  counterparty: string
  accountingStatus: string
  document: string
  description: string
  /** ISO dates or ''. */
  effectiveOn: string
  postedOn: string
}

export const emptyLine = (): Line => ({
  sourceKey: '',
  entity: '',
  period: '',
  version: '',
  currency: '',
  digits: 2,
  debit: 0n,
  credit: 0n,
  debitText: '0',
  creditText: '0',
  account: '',
  costCentre: '',
  project: '',
  counterparty: '',
  accountingStatus: '',
  document: '',
  description: '',
  effectiveOn: '',
  postedOn: '',
})

/** A dimension member as the mapper reads it. Dates are ISO or ''. */
export type Member = {
  readonly entity: string
  readonly code: string
  readonly name: string
  readonly validFrom: string
  readonly validTo: string
  readonly isActive: boolean
  readonly currency: string
  readonly attributes: Readonly<Record<string, string>>
}

/** One reason why a record does not pass. field and value name the cause: records that share them wait for the same thing. */
export type Finding = { readonly code: BusinessCode; readonly field: string; readonly value: string; readonly detail: string }
export type Report = (code: BusinessCode, field: string, value: string, detail?: string) => void

export type JudgedMember = { readonly member: Member; readonly sourceKey: string; readonly findings: readonly Finding[] | null }
