import type { TowerView } from '#app/.server/reads.ts'
import { counted } from '#app/routes/_console/words.ts'
import { readinessOf } from './readiness.ts'
import type { Role } from '#server/domain/actor.ts'

type Given = Pick<TowerView, 'open' | 'stopped' | 'going' | 'feeds' | 'close' | 'money' | 'queue'>

/** One sentence: how things stand for whoever looks. */
export function stateOfTower(role: Role | 'service', tower: Given): string {
  if (role === 'controller') return closeWords(tower)
  if (role === 'it') return itWords(tower)
  if (role === 'finance_operations') return financeWords(tower)
  return [financeWords(tower), itWords(tower)].join(' ')
}

function financeWords({ open, stopped, feeds }: Given): string {
  const words = [
    open.business > 0 && `${counted(open.business, 'business cause')} open`,
    open.control > 0 && `${counted(open.control, 'control')} broken`,
    stopped.held > 0 && `${counted(stopped.held, 'load')} held`,
    feeds.counts.missing > 0 && `${counted(feeds.counts.missing, 'feed')} missing`,
  ].filter(Boolean)
  return words.length > 0 ? `${words.join(', ')}.` : 'Nothing waits for finance: all that was loaded is published and ties.'
}

export function closeWords({ close, money }: Pick<Given, 'close' | 'money'>): string {
  const blocked = close.filter((row) => readinessOf(row) === 'blocked')
  const unsigned = close.filter((row) => readinessOf(row) === 'unsigned').length
  const entities = counted(close.length, 'entity', 'entities')
  const waits = unsigned === 1 ? '1 waits' : `${unsigned} wait`
  const open = close.filter(({ state }) => state !== 'closed')
  const unexplained = money.filter(({ unexplained: amount }) => amount !== null).map(({ currency }) => currency)
  const close_ =
    close.length === 0
      ? 'Nothing is there to close yet.'
      : open.length === 0
        ? `All ${counted(close.length, 'entity', 'entities')} have closed.`
        : blocked.length + unsigned === 0
          ? `Nothing blocks the close of ${counted(open.length, 'entity', 'entities')}.`
          : blocked.length === 0
            ? `${unsigned} of ${entities} ${unsigned === 1 ? 'waits' : 'wait'} for signatures.`
            : `${blocked.length} of ${entities} cannot close yet${unsigned > 0 ? `, ${waits} for signatures` : ''}.`
  return unexplained.length === 0
    ? `${close_} No amount is unexplained.`
    : `${close_} Amounts in ${unexplained.join(', ')} are unexplained.`
}

function itWords({ open, stopped, queue }: Given): string {
  const words = [
    open.technical > 0 && `${counted(open.technical, 'technical cause')} open`,
    open.unclassified > 0 && `${counted(open.unclassified, 'cause')} unclassified`,
    stopped.failed > 0 && `${counted(stopped.failed, 'run')} failed`,
    queue.workers === 0 && 'no worker is alive',
    queue.waiting > 0 && `${counted(queue.waiting, 'run')} in the queue`,
  ].filter(Boolean)
  return words.length > 0
    ? `${words.join(', ')}.`.replace(/^./, (first) => first.toUpperCase())
    : `Nothing waits for IT: ${counted(queue.workers, 'worker')} alive, the queue is empty.`
}
