/** What opens a dialog over the list: its key, its button, and its words in the list of keys. */
export const ACTS = [
  { act: 'assign', key: 'a', word: 'Assign…', label: 'Assign' },
  { act: 'end', key: 'e', word: 'End without a fix…', label: 'Propose to end it without a fix' },
  { act: 'waive', key: 's', word: 'Waive…', label: 'Propose to waive it until a day' },
  { act: 'decide', key: 'd', word: 'Decide a proposal…', label: 'Decide on a proposed ending' },
  { act: 'grade', key: 'v', word: 'Severity…', label: 'Set the severity' },
  { act: 'note', key: 'c', word: 'Note…', label: 'Write a note' },
  { act: 'reopen', key: 'u', word: 'Take up again…', label: 'Take up again what was ended' },
] as const
/** Leads on to the replay of what waits, of those that are chosen or of all that match. */
export const REPLAY = 'replay'
export type ActName = (typeof ACTS)[number]['act']
export const ACT_NAMES = ACTS.map(({ act }) => act)
