import type { ReconciliationRow } from '#db/queries/reconciliation-screens.ts'

export type Indexed = {
  readonly folder: string
  readonly id: number
  readonly title: string
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly stands: 'certified' | 'superseded' | 'not certified'
  readonly asOfPublication: number
  readonly sealHash: string | null
}
export type Index = {
  readonly title: string
  readonly rows: readonly (Indexed & Pick<ReconciliationRow, 'differences' | 'preparedBy' | 'certifiedBy'>)[]
  readonly madeBy: string
  readonly madeAt: string
}
