import type { ExceptionsSearch } from '#app/.server/exceptions-search.ts'
import { reasonTitle } from '#app/routes/_console/reason-words.ts'
import type { Filter } from '#app/ui/filter-bar.tsx'
import { AGE_NAMES } from '#server/domain/age.ts'
import { AGE_WORDS } from './queues.ts'

type Choices = { readonly jobs: readonly string[]; readonly codes: readonly string[] }

export function filtersOf({ state, job, code, age }: ExceptionsSearch, choices: Choices): Filter[] {
  const all = { value: '', label: 'All' }
  return [
    {
      kind: 'select',
      name: 'state',
      label: 'State',
      value: !state || state === 'open' ? '' : state,
      options: [
        { value: '', label: 'Open' },
        { value: 'closed', label: 'Closed' },
        { value: 'all', label: 'Open and closed' },
      ],
    },
    {
      kind: 'select',
      name: 'job',
      label: 'Job',
      value: job ?? '',
      options: [all, ...choices.jobs.map((value) => ({ value, label: value }))],
    },
    {
      kind: 'select',
      name: 'code',
      label: 'Cause',
      value: code ?? '',
      options: [all, ...choices.codes.map((value) => ({ value, label: reasonTitle(value) }))],
    },
    {
      kind: 'select',
      name: 'age',
      label: 'Age',
      value: age ?? '',
      options: [all, ...AGE_NAMES.map((value) => ({ value, label: AGE_WORDS[value] }))],
    },
  ]
}
