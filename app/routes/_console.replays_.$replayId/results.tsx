import type { ReplaySum } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { RESULT_WORDS } from '#app/routes/_console/replay-words.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Progress } from '#app/ui/progress.tsx'
import { REPLAY_RESULTS, type ReplayResult } from '#server/domain/bulk-replay.ts'
import type { Screen } from './screen.ts'

type Key = ReplayResult | 'open'
type Of = 'rehearsed' | 'result'

/** The five figures, foretold and real, each of which opens its records; they sum to the selection. */
export function Results({ screen }: { screen: Screen }) {
  const { replay, rehearsed, results, pass, isLive, runs } = screen
  const current = pass === 'result' ? results : rehearsed
  const total = countOf(rehearsed)
  const open = countOf(current, 'open')
  const rows: readonly Key[] = open > 0 ? [...REPLAY_RESULTS, 'open'] : REPLAY_RESULTS
  const under = runs.find(({ status }) => status === 'running')
  return (
    <Section title={pass === 'result' ? 'What came of it' : 'What would happen'}>
      {isLive && (
        <div data-goes-on>
          <Progress
            label={replay.status === 'rehearsing' ? 'Rehearsed' : 'Replayed'}
            value={total - open}
            max={total}
            text={`${(total - open).toLocaleString('en')} of ${total.toLocaleString('en')} records${under ? ` · run ${under.runId ?? under.rehearsalRunId} is under way` : ''}`}
          />
        </div>
      )}
      <DataTable
        caption="Results of the selected records"
        rows={rows}
        rowKey={(key) => key}
        columns={[
          {
            key: 'result',
            head: 'Result',
            cell: (key) => (
              <span className="grid">
                <span>
                  {key === 'open' ? 'To come' : pass === 'result' ? RESULT_WORDS[key].label : RESULT_WORDS[key].foretold}
                </span>
                <span className="text-ink-3">{key === 'open' ? 'not judged yet' : RESULT_WORDS[key].text}</span>
              </span>
            ),
          },
          {
            key: 'rehearsed',
            head: 'Rehearsed',
            align: 'number',
            cell: (key) => <Figure screen={screen} sums={rehearsed} of="rehearsed" result={key} />,
            total: <Count value={total} />,
          },
          ...(pass === 'result'
            ? [
                {
                  key: 'real',
                  head: 'Replayed',
                  align: 'number' as const,
                  cell: (key: Key) => <Figure screen={screen} sums={results} of="result" result={key} />,
                  total: <Count value={countOf(results)} />,
                },
              ]
            : []),
          { key: 'amount', head: 'Amount', align: 'number', cell: (key) => <Amounts sums={current} result={key} /> },
        ]}
        totalLabel="Selection"
        empty={null}
      />
    </Section>
  )
}

function Figure({ screen, sums, of, result }: { screen: Screen; sums: readonly ReplaySum[]; of: Of; result: Key }) {
  const count = countOf(sums, result)
  if (count === 0) return <Count value={0} />
  return (
    <Link
      href={paths.replayRecords(screen.replay.bulkReplayId, { ...screen.scope, of, result })}
      className="link-quiet"
      data-figure={`replay ${of} ${result}`}
    >
      <Count value={count} />
    </Link>
  )
}

function Amounts({ sums, result }: { sums: readonly ReplaySum[]; result: Key }) {
  return (
    <span className="grid justify-items-end">
      {sums
        .filter((sum) => (sum.result ?? 'open') === result && sum.currency !== '')
        .map(({ currency, amount }) => (
          <Amount key={currency} value={amount} currency={currency} withCurrency alignTo={2} />
        ))}
    </span>
  )
}

const countOf = (sums: readonly ReplaySum[], result?: Key): number =>
  sums.reduce((n, sum) => (result === undefined || (sum.result ?? 'open') === result ? n + sum.count : n), 0)
