import { paths } from '#app/paths.ts'
import { Button, ButtonLink, type ButtonKind } from '#app/ui/button.tsx'
import type { Act, Screen } from './screen.ts'

const LABELS: Readonly<Record<Act, string>> = {
  close: 'Close the period',
  soft_close: 'Soft-close it',
  reopen: 'Ask to reopen it',
  decide: 'Decide on reopening',
}

/** What may be done with the period as it stands. */
export function Actions({ screen }: { screen: Screen }) {
  const { row, reasons, scope } = screen
  const acts: readonly Act[] =
    row.state === 'closed' ? [row.reopening ? 'decide' : 'reopen'] : row.state === 'open' ? ['soft_close', 'close'] : ['close']
  return acts.map((act, index) => {
    const kind: ButtonKind = index === acts.length - 1 ? 'primary' : 'secondary'
    return reasons[act] ? (
      <Button key={act} kind={kind} disabledReason={reasons[act]} reasonAlign="end">
        {LABELS[act]}
      </Button>
    ) : (
      <ButtonLink key={act} kind={kind} href={paths.closePeriod(row.entity, row.period, { ...scope, do: act })} keepScroll>
        {LABELS[act]}
      </ButtonLink>
    )
  })
}
