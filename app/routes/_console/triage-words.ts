import type { Tone } from '#app/ui/tone.tsx'
import type { Severity } from '#server/domain/severity.ts'
import type { Ending, Team, TriageState } from '#server/domain/triage.ts'

export const STATE_WORDS: Record<TriageState, string> = {
  open: 'Open',
  assigned: 'Assigned',
  in_progress: 'In progress',
  waiting_for_replay: 'Waiting for replay',
  waived: 'Waived',
  rejected: 'Rejected',
  done_outside: 'Done outside',
}
export const STATE_TONES: Record<TriageState, Tone> = {
  open: 'attention',
  assigned: 'past',
  in_progress: 'running',
  waiting_for_replay: 'held',
  waived: 'past',
  rejected: 'past',
  done_outside: 'past',
}

export const SEVERITY_WORDS: Record<Severity, string> = { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' }

export const TEAM_WORDS: Record<Team, string> = { finance_operations: 'Finance operations', controller: 'Controllers', it: 'IT' }

/** What a person proposes: 'Waive until a date'. */
export const ENDING_WORDS: Record<Ending, { readonly verb: string; readonly what: string }> = {
  waived: {
    verb: 'Waive until a date',
    what: 'It is known and accepted for a while. It comes back after that day, and never counts as passed.',
  },
  rejected: { verb: 'Reject', what: 'What the source sent is not taken. The source has to send it differently.' },
  done_outside: {
    verb: 'Done outside',
    what: 'It was put right by hand elsewhere. Its control has not passed, so it never counts as fixed.',
  },
}
