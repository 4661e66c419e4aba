import { Form } from '@remix-run/react'
import { Amount } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { PageIntent, useIsSending } from '#app/routes/_console/dialog-parts.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Button } from '#app/ui/button.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Cell, HeadCell, Table } from '#app/ui/table.tsx'
import type { Tone } from '#app/ui/tone.tsx'
import type { MatchState } from '#server/domain/reconciliation/match-state.ts'
import type { Screen } from './screen.ts'

type Match = Screen['matches'][number]
type MatchAct = Screen['matchActs'][number]
const LOOK: Readonly<Record<MatchState, { readonly label: string; readonly tone: Tone }>> = {
  ambiguous: { label: 'Equal candidates', tone: 'attention' },
  suggested: { label: 'Suggested', tone: 'attention' },
  joined: { label: 'By a person', tone: 'fine' },
  matched: { label: 'By rule', tone: 'fine' },
}

/** Lines that belong together although their keys differ; what waits for a person comes first. */
export function Matches({ screen }: { screen: Screen }) {
  const { matches, matchCounts, matchActs } = screen
  if (matches.length === 0 && matchActs.length === 0) return null
  return (
    <Section title="Matches" note={noteOf(matchCounts)} actions={<ConfirmAll screen={screen} />}>
      <Table caption="Lines matched beyond their keys" scroll="own">
        <thead>
          <tr>
            <HeadCell fit>Match</HeadCell>
            <HeadCell fit>Rule</HeadCell>
            <HeadCell>Lines</HeadCell>
            <HeadCell align="number">Difference</HeadCell>
            <HeadCell align="currency" hidden>
              Currency
            </HeadCell>
            <HeadCell fit>Apart</HeadCell>
            <HeadCell fit>Next best</HeadCell>
            <HeadCell hidden>Act</HeadCell>
          </tr>
        </thead>
        <tbody>
          {matches.map((match) => (
            <tr key={match.match}>
              <Cell head fit>
                <Badge tone={LOOK[match.state].tone}>{LOOK[match.state].label}</Badge>
                <span className="meta ms-1">{actOf(match, screen)?.actedBy}</span>
              </Cell>
              <Cell fit>{match.rule || <span className="text-ink-3">none</span>}</Cell>
              <Cell wrap>
                <MatchLines match={match} screen={screen} />
              </Cell>
              <Cell align="number">
                <Amount value={match.difference} currency={match.currency} />
              </Cell>
              <Cell align="currency">{match.currency}</Cell>
              <Cell fit>{match.distance ? `${match.distance.days} d` : <span className="text-ink-3">n/a</span>}</Cell>
              <Cell fit>
                {match.margin ? (
                  <>
                    <Amount value={match.margin.amount} currency={match.currency} />, {match.margin.days} d farther
                  </>
                ) : (
                  <span className="text-ink-3">none</span>
                )}
              </Cell>
              <Cell fit>
                <Act match={match} screen={screen} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      <Acts screen={screen} />
    </Section>
  )
}

const noteOf = ({ ambiguous, suggested, joined, matched }: Readonly<Record<MatchState, number>>) =>
  `${matched} by rule, ${joined} by a person, ${suggested} suggested, ${counted(ambiguous, 'set')} of equal candidates. No line is in two.`

function MatchLines({ match, screen }: { match: Match; screen: Screen }) {
  const { definition, scope, reasons } = screen
  return (
    <ul className="grid gap-1">
      {match.lines.map((line) => (
        <li key={line.line_id} className="flex flex-wrap items-baseline gap-x-2">
          {match.state === 'ambiguous' && !reasons.explain && (
            <input
              type="checkbox"
              name={`line.${line.line_id}`}
              value="on"
              form={`choose-${match.match}`}
              aria-label={`${line.source_key} belongs to it`}
            />
          )}
          <span className="text-ink-3">{definition.sides[line.side]?.name}</span>
          <Link href={paths.line(line.line_id, scope)} className="link mono">
            {line.source_key}
          </Link>
          <span>{line.on}</span>
          <Amount value={line.amount} currency={match.currency} withCurrency inline />
          <span className="text-ink-2">{line.description}</span>
        </li>
      ))}
    </ul>
  )
}

function Act({ match, screen }: { match: Match; screen: Screen }) {
  const isSending = useIsSending()
  if (screen.reasons.explain) return null
  if (match.state === 'joined') {
    const act = actOf(match, screen)
    return act ? <TakeBack act={act} screen={screen} /> : null
  }
  const [intent, label] =
    match.state === 'ambiguous'
      ? (['choose', 'Join chosen'] as const)
      : match.state === 'suggested'
        ? (['join', 'Confirm'] as const)
        : (['part', 'Undo'] as const)
  return (
    <Form method="post" preventScrollReset id={match.state === 'ambiguous' ? `choose-${match.match}` : undefined}>
      <PageIntent screen={screen} intent={intent} />
      <input type="hidden" name="comparison" value={screen.comparison.comparisonId} />
      <input type="hidden" name="chosen" value={match.match} />
      <Button type="submit" size="small" kind="ghost" pending={isSending}>
        {label}
      </Button>
    </Form>
  )
}

/** By whom lines were joined: each line is in one act. */
const actOf = ({ state, lines: [line] }: Match, { matchActs }: Screen): MatchAct | undefined =>
  state === 'joined' && line
    ? matchActs.find(
        ({ kind, firstLineIds, otherLineIds }) => kind === 'joined' && [...firstLineIds, ...otherLineIds].includes(line.line_id),
      )
    : undefined

function TakeBack({ act, screen }: { act: MatchAct; screen: Screen }) {
  return (
    <Form method="post" preventScrollReset>
      <PageIntent screen={screen} intent="undo" />
      <input type="hidden" name="act" value={act.actId} />
      <Button type="submit" size="small" kind="ghost">
        Take back
      </Button>
    </Form>
  )
}

/** All that rules suggest on this page, at once. */
function ConfirmAll({ screen }: { screen: Screen }) {
  const suggested = screen.matches.filter(({ state }) => state === 'suggested')
  const isSending = useIsSending()
  if (suggested.length < 2 || screen.reasons.explain) return null
  return (
    <Form method="post" preventScrollReset>
      <PageIntent screen={screen} intent="join" />
      <input type="hidden" name="comparison" value={screen.comparison.comparisonId} />
      <input type="hidden" name="chosen" value={suggested.map(({ match }) => match).join()} />
      <Button type="submit" size="small" pending={isSending}>
        Confirm {counted(suggested.length, 'suggestion')}
      </Button>
    </Form>
  )
}

/** What people said of lines and no match above shows, to be taken back as a whole. */
function Acts({ screen }: { screen: Screen }) {
  const { matches, matchActs, reasons } = screen
  const shown = new Set(matches.map((match) => actOf(match, screen)?.actId))
  const others = matchActs.filter(({ actId }) => !shown.has(actId))
  if (others.length === 0) return null
  return (
    <ul className="grid gap-1">
      {others.map((act) => (
        <li key={act.actId} className="flex flex-wrap items-baseline gap-x-2">
          <span>
            {act.actedBy} {act.kind === 'joined' ? 'joined' : 'parted'} {counted(act.firstLineIds.length, 'line')} and{' '}
            {counted(act.otherLineIds.length, 'line')}
          </span>
          {!reasons.explain && <TakeBack act={act} screen={screen} />}
        </li>
      ))}
    </ul>
  )
}
