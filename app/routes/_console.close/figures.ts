import type { CloseBoardRow } from '#app/.server/reads.ts'
import type { ListName, OpenFigure } from '#app/components/open-figure.tsx'
import { paths, type Scope } from '#app/paths.ts'

type Name =
  | 'feeds'
  | 'came'
  | 'feedsLate'
  | 'missing'
  | 'held'
  | 'business'
  | 'control'
  | 'technical'
  | 'unclassified'
  | 'defined'
  | 'notCompared'
  | 'tied'
  | 'explained'
  | 'breaks'
  | 'prepared'
  | 'certified'
  | 'superseded'
  | 'overdue'
  | 'published'
export type CloseFigures = Readonly<Record<Name, OpenFigure>> & { readonly unexplained: readonly OpenFigure[] }

/** Every figure of a row and the list it opens. What must be done is as it stands now, so those lists are of now. */
export function closeFigures(row: CloseBoardRow, { version }: Pick<Scope, 'version'>): CloseFigures {
  const { entity, period, startsOn, feedsTo, feeds, reconciliations } = row
  const count = (key: string, value: number, list: ListName, href: string): OpenFigure => ({
    key: `close ${entity} ${period} ${key}`,
    value: `${value}`,
    href,
    opens: { list, measure: 'rows' },
  })
  const feed = (key: string, n: number, state?: 'came' | 'late' | 'missing') =>
    count(key, n, 'feeds', paths.feeds({ entity, from: startsOn, to: feedsTo, state }))
  const open = (name: 'business' | 'control' | 'technical' | 'unclassified') => {
    // A technical failure knows no period, and often no entity but those of its job.
    const of = name === 'business' || name === 'control' ? { entity, period } : { stops: entity }
    return count(name, row[name], 'exceptions', paths.exceptions({ ...of, class: name }))
  }
  const reconciled = (
    state: Exclude<keyof typeof reconciliations, 'nextDueOn' | 'compared' | 'defined' | 'notCompared' | 'ready'>,
  ) => count(state, reconciliations[state], 'reconciliations', paths.reconciliations({ entity, period, version, state }))
  const page = paths.closePeriod(entity, period, { version })
  return {
    feeds: feed('feeds', feeds.feeds),
    came: feed('feeds that came', feeds.came, 'came'),
    feedsLate: feed('feeds that came late', feeds.late, 'late'),
    missing: feed('feeds missing', feeds.missing, 'missing'),
    held: count('held loads', row.held, 'runs', paths.runs({ entity, period, is: 'to_mend', status: 'held' })),
    business: open('business'),
    control: open('control'),
    technical: open('technical'),
    unclassified: open('unclassified'),
    defined: count('reconciliations defined', reconciliations.defined, 'reconciliations of the close', page),
    notCompared: count('reconciliations not compared', reconciliations.notCompared, 'reconciliations not compared', page),
    tied: reconciled('tied'),
    explained: reconciled('explained'),
    breaks: reconciled('breaks'),
    prepared: reconciled('prepared'),
    certified: reconciled('certified'),
    superseded: reconciled('superseded'),
    overdue: reconciled('overdue'),
    published: count('published after the cut-off', row.late.length, 'late publications', `${page}#late`),
    unexplained: row.unexplained.map(({ currency, amount }) => ({
      key: `close ${entity} ${period} unexplained ${currency}`,
      value: amount,
      href: paths.reconciliations({ entity, period, version }),
      opens: { list: 'reconciliations', measure: 'unexplained', currency },
    })),
  }
}

export const allOf = ({ unexplained, ...counts }: CloseFigures): OpenFigure[] => [...Object.values(counts), ...unexplained]
