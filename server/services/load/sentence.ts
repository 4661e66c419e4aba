import type { RunOutcomeSummary } from '#server/domain/run.ts'
import type { Proof } from './prove-load.ts'

type Counts = Pick<RunOutcomeSummary, 'lines' | 'members'>

/** What happened, in one sentence for people. */
export function runSentence(
  outcome: 'held' | 'succeeded',
  { lines, members }: Counts,
  { brokenClaims, conservation }: Proof,
  isPreview: boolean,
  outsideScope: readonly string[],
): string {
  const rejected = lines.rejected + members.rejected
  const reasons = [
    rejected > 0 ? `${count(rejected, 'record')} rejected` : '',
    brokenClaims.length > 0
      ? `${count(brokenClaims.length, 'stated figure')} ${brokenClaims.length === 1 ? 'does' : 'do'} not agree`
      : '',
    outsideScope.length > 0 ? `${outsideScope.join(', ')} outside the scope of whoever asked` : '',
    conservation.length > 0 ? 'records were lost or doubled on the way' : '',
  ].filter(Boolean)
  const because = reasons.length > 0 ? `: ${reasons.join(', ')}` : ''
  if (outcome === 'held') return isPreview ? `Would be held${because}.` : `Held${because}. Nothing was published.`
  const verb = isPreview ? 'Would publish' : 'Published'
  const parts = [
    `${count(lines.new, 'new line')}`,
    lines.changed > 0 ? `${lines.changed.toLocaleString('en')} changed` : '',
    lines.removed > 0 ? `${lines.removed.toLocaleString('en')} withdrawn` : '',
    lines.unchanged > 0 ? `${lines.unchanged.toLocaleString('en')} unchanged` : '',
    lines.duplicate > 0 ? `${lines.duplicate.toLocaleString('en')} duplicate` : '',
    members.new + members.changed > 0 ? `${count(members.new + members.changed, 'member')} new or changed` : '',
  ].filter(Boolean)
  const hasNews = lines.new + lines.changed + lines.removed + members.new + members.changed > 0
  if (hasNews) return `${verb} ${parts.join(', ')}${because}.`
  const total = lines.unchanged + lines.duplicate + members.unchanged + members.duplicate
  return total > 0 ? `Already applied: ${parts.join(', ')}${because}.` : `The source had nothing${because}.`
}

const count = (n: number, word: string) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
