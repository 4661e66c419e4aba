import { paths } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { elsewhereWords, QUEUE_WORDS, type Counts, type Queue, type State } from './queues.ts'

type Props = { queue: Queue; state: State; isFiltered: boolean; counts: Counts }

export function NoExceptions({ queue, state, isFiltered, counts }: Props) {
  const which = [state === 'all' ? null : state === 'closed' ? 'fixed' : state, QUEUE_WORDS[queue].toLowerCase(), 'exception']
    .filter(Boolean)
    .join(' ')
  return (
    <EmptyState
      title={`No ${which}${isFiltered ? ' with these filters' : ''}`}
      actions={
        isFiltered ? (
          <ButtonLink href={paths.exceptions({ class: queue })}>Show all open ones</ButtonLink>
        ) : (
          <ButtonLink href={paths.runs()}>See the runs</ButtonLink>
        )
      }
    >
      {elsewhereWords(counts, queue) ??
        (isFiltered
          ? 'Others may be there with fewer filters, or in another state.'
          : 'Every record and every control of the runs so far passed, or was mended since.')}
    </EmptyState>
  )
}
