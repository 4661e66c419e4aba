import { Check, Equal, EqualApproximately, EqualNot, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Disclosure } from './disclosure.tsx'
import { Cell, HeadCell, Table } from './table.tsx'

/** `near`: not the same, but within what is tolerated. */
export type Verdict = 'same' | 'near' | 'different'
export type DiffRow = {
  readonly key: string
  /** The field in the reader's words. */
  readonly label: ReactNode
  /** Its technical name, on hover. */
  readonly technical?: string
  readonly source: ReactNode
  readonly target: ReactNode
  readonly verdict: Verdict
  /** What kind of difference: "text '0042' and number 42", "0.01 within 0.02". */
  readonly why?: ReactNode
}
export type DiffProps = {
  caption: string
  rows: readonly DiffRow[]
  sourceLabel: ReactNode
  targetLabel: ReactNode
}

/** Two sides of one record. Only what differs is open; what is the same is one click away. */
export function Diff({ caption, rows, sourceLabel, targetLabel }: DiffProps) {
  const same = rows.filter(({ verdict }) => verdict === 'same')
  const others = rows.filter(({ verdict }) => verdict !== 'same')
  const labels = { sourceLabel, targetLabel }
  return (
    <div className="grid gap-2">
      {others.length > 0 ? (
        <Rows caption={`${caption}: what differs`} rows={others} {...labels} />
      ) : (
        <p className="flex items-center gap-2">
          <Check className="icon" aria-hidden />
          Both sides say the same in every field.
        </p>
      )}
      {same.length > 0 && (
        <Disclosure summary={`${same.length} ${same.length === 1 ? 'field is' : 'fields are'} the same`}>
          <Rows caption={`${caption}: what is the same`} rows={same} {...labels} />
        </Disclosure>
      )}
    </div>
  )
}

const LOOK: Record<Verdict, { icon: LucideIcon; word: string }> = {
  same: { icon: Equal, word: 'Same' },
  near: { icon: EqualApproximately, word: 'Within tolerance' },
  different: { icon: EqualNot, word: 'Different' },
}

function Rows({ caption, rows, sourceLabel, targetLabel }: DiffProps) {
  return (
    <Table caption={caption} className="diff">
      <thead>
        <tr>
          <HeadCell fit>Field</HeadCell>
          <HeadCell>
            <SideName side="source">{sourceLabel}</SideName>
          </HeadCell>
          <HeadCell>
            <SideName side="target">{targetLabel}</SideName>
          </HeadCell>
          <HeadCell fit>Verdict</HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, label, technical, source, target, verdict, why }) => {
          const { icon: Icon, word } = LOOK[verdict]
          return (
            <tr key={key} data-same={verdict === 'same' || undefined}>
              <Cell head fit title={technical}>
                {label}
              </Cell>
              <Cell wrap data-side="source">
                <span className="diff-value">{source}</span>
              </Cell>
              <Cell wrap data-side="target">
                <span className="diff-value">{target}</span>
              </Cell>
              <Cell fit>
                <span className="inline-flex items-center gap-2">
                  <Icon className="icon" aria-hidden />
                  {word}
                  {why && <span className="meta">{why}</span>}
                </span>
              </Cell>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}

export function SideName({ side, children }: { side: 'source' | 'target'; children: ReactNode }) {
  return (
    <span className="diff-mark" data-side={side}>
      {children}
    </span>
  )
}
