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
/** How it stood when its pack was made. */
export type Stood = {
  readonly differences: readonly { readonly currency: string; readonly difference: string; readonly unexplained: string }[]
  readonly preparedBy: string | null
  readonly certifiedBy: string | null
}
export type Index = {
  readonly title: string
  readonly rows: readonly (Indexed & Stood)[]
  readonly madeBy: string
  readonly madeAt: string
}
