import type { ExceptionsSearch } from '#app/.server/exceptions-search.ts'
import { reasonTitle } from '#app/routes/_console/reason-words.ts'
import { SEVERITY_WORDS, STATE_WORDS, TEAM_WORDS } from '#app/routes/_console/triage-words.ts'
import type { Filter } from '#app/ui/filter-bar.tsx'
import { AGE_NAMES } from '#server/domain/age.ts'
import { SEVERITIES } from '#server/domain/severity.ts'
import { TEAMS, TRIAGE_STATES } from '#server/domain/triage.ts'
import { AGE_WORDS } from './queues.ts'

type Choices = {
  readonly jobs: readonly string[]
  readonly codes: readonly string[]
  readonly people: readonly { readonly signIn: string; readonly name: string }[]
}

const ANY = { value: '', label: 'All' }
const select = (name: string, label: string, value: string | undefined, options: readonly { value: string; label: string }[]) =>
  ({ kind: 'select', name, label, value: value ?? '', options: [ANY, ...options] }) as const

const text = (name: string, label: string, value: string) => ({ kind: 'text', name, label, value }) as const

export function filtersOf(search: ExceptionsSearch, { jobs, codes, people }: Choices): Filter[] {
  const { q, state, work, job, code, age, older, above, assignee, severity, due, team, is } = search
  return [
    { kind: 'text', name: 'q', label: 'Find', value: q ?? '', placeholder: 'words, assignee:me age:>5d amount:>10000' },
    {
      kind: 'select',
      name: 'state',
      label: 'State',
      value: !state || state === 'open' ? '' : state,
      options: [
        { value: '', label: 'Open' },
        { value: 'ended', label: 'Ended, not fixed' },
        { value: 'closed', label: 'Fixed' },
        { value: 'all', label: 'All' },
      ],
    },
    select(
      'work',
      'Work',
      work,
      TRIAGE_STATES.map((value) => ({ value, label: STATE_WORDS[value] })),
    ),
    select('assignee', 'Who has it', assignee, [
      { value: 'me', label: 'Me' },
      { value: 'nobody', label: 'Nobody' },
      ...people.map(({ signIn, name }) => ({ value: signIn, label: name })),
    ]),
    select(
      'team',
      'Team',
      team,
      TEAMS.map((value) => ({ value, label: TEAM_WORDS[value] })),
    ),
    select(
      'severity',
      'Severity',
      severity,
      SEVERITIES.map((value) => ({ value, label: SEVERITY_WORDS[value] })),
    ),
    select('due', 'Due', due, [
      { value: 'overdue', label: 'Late' },
      { value: 'today', label: 'Until tonight' },
    ]),
    select('is', 'Marked', is, [
      { value: 'regressed', label: 'Came back' },
      { value: 'proposed', label: 'Waits for a second person' },
      { value: 'mentioned', label: 'A note names me' },
    ]),
    select(
      'job',
      'Job',
      job,
      jobs.map((value) => ({ value, label: value })),
    ),
    select(
      'code',
      'Cause',
      code,
      codes.map((value) => ({ value, label: reasonTitle(value) })),
    ),
    select(
      'age',
      'Age',
      age,
      AGE_NAMES.map((value) => ({ value, label: AGE_WORDS[value] })),
    ),
    // Typed as age:>5d and amount:>10000; there once they are.
    ...(older === undefined ? [] : [text('older', 'Older than, business days', `${older}`)]),
    ...(above === undefined ? [] : [text('above', 'At stake in one currency, more than', above)]),
  ]
}
