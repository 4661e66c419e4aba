/** What to do about one code. Shown on the page of an exception and written in docs/runbook.md from here: one source for both. */
export type Guide = {
  readonly means: string
  readonly find: string
  readonly mend: string
  readonly who: string
}
