import type { FailureCode } from './said.ts'

/** What a vendor means by its words. `from` says where that stands: a contract card and its section, or the vendor's public lists. */
export type Facts = {
  readonly from: string
  /** Codes that say exactly what happened. */
  readonly codes?: Readonly<Record<string, FailureCode>>
  /** Whole sentences; * stands for what differs. */
  readonly phrases?: Readonly<Record<string, FailureCode>>
  /** Codes that say of which kind it is and no more: asked when nothing exact was said. */
  readonly kinds?: Readonly<Record<string, FailureCode>>
}

export type VendorNames = {
  readonly facts: readonly Facts[]
  /** Statuses under which it sends business refusals too: with words of its own that nobody knows, such a status says nothing. */
  readonly opaque: readonly number[]
  /** Where it means by a status what others do not. */
  readonly statuses?: Readonly<Record<number, FailureCode>>
}
