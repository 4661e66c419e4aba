import type { FailureClass } from '#server/domain/errors.ts'
import type { FailureCode, Vendor } from '#server/domain/failure-names/said.ts'

/** Class and code it must get, written down a second time: the product's own tables are compared with it. */
export type Expected = readonly [FailureClass, FailureCode | null]

/** What arrives: an answer over HTTP as it stands on the wire, or the codes and sentences of something that speaks otherwise. */
export type Arrives =
  | { readonly status: number; readonly body: string }
  | { readonly codes: readonly string[]; readonly texts?: readonly string[] }

export type Entry = { readonly what: string; readonly arrives: Arrives; readonly is: Expected }
export type Corpus = { readonly vendor: Vendor; readonly from: string; readonly entries: readonly Entry[] }

export const business = (code: FailureCode): Expected => ['business', code]
export const transient = (code: FailureCode): Expected => ['technical_transient', code]
export const permanent = (code: FailureCode): Expected => ['technical_permanent', code]
export const unclassified: Expected = ['unclassified', null]

export const json = (status: number, body: unknown): Arrives => ({ status, body: JSON.stringify(body) })
export const text = (status: number, body = ''): Arrives => ({ status, body })
export const said = (code: string, ...texts: string[]): Arrives => ({ codes: code === '' ? [] : [code], texts })
export const entry = (what: string, arrives: Arrives, is: Expected): Entry => ({ what, arrives, is })
