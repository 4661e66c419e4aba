import type { ReactNode } from 'react'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Cell, Row } from '#app/ui/table.tsx'
import type { Certainty } from '#server/domain/certainty.ts'
import type { ObjectType } from '#server/domain/record.ts'

export type Slice = {
  readonly system: string
  readonly objectType: ObjectType
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  readonly certainty: Certainty
}

type GroupsProps<S> = {
  slices: readonly S[]
  names: Readonly<Record<string, string | null>>
  columns: number
  rowKey?: (slice: S) => string
  children: (slice: S) => ReactNode
}

/** Slices in the order they come, under their entity, whose name stays in sight while one scrolls. */
export function SliceGroups<S extends Slice>({ slices, names, columns, rowKey = keyOf, children }: GroupsProps<S>) {
  const entities = [...new Set(slices.map(({ entity }) => entity))]
  return entities.map((entity) => (
    <tbody key={entity}>
      <tr>
        <th scope="rowgroup" colSpan={columns} className="sticky top-[calc(var(--sticky-top)+32px)] z-[2] bg-canvas!">
          <span className="font-strong">
            <CodeAndName code={entity === '' ? 'no entity' : entity} name={names[entity] ?? null} />
          </span>
        </th>
      </tr>
      {slices
        .filter((slice) => slice.entity === entity)
        .map((slice) => (
          <Row key={rowKey(slice)}>{children(slice)}</Row>
        ))}
    </tbody>
  ))
}

/** The cells that say which slice it is: period, version, kind and system. */
export function SliceCells({ slice: { period, version, objectType, system, certainty } }: { slice: Slice }) {
  return (
    <>
      <Cell head sticky fit>
        <PeriodLabel period={period} /> <CertaintyMark certainty={certainty} />
      </Cell>
      <Cell fit>{version}</Cell>
      <Cell>
        <span title={`From ${system}`}>{OBJECT_WORDS[objectType][1]}</span>
        <span className="mono ms-2 hidden text-ink-3 min-[1500px]:inline">{system}</span>
      </Cell>
    </>
  )
}

const keyOf = ({ system, objectType, entity, period, version, currency }: Omit<Slice, 'certainty'>) =>
  [entity, period, version, currency, objectType, system].join(' ')

/** For a table that may be wider than the page: it scrolls in itself, and what is for the ear only stays inside. */
export const WIDE = { scroll: 'own', className: '[&>.table-scroll]:relative' } as const

/** The most fraction digits among these amounts, so that their points stand in one line. */
export const digitsOf = (amounts: readonly (string | null | undefined)[]): number =>
  Math.max(0, ...amounts.map((amount) => (amount?.includes('.') ? amount.length - amount.indexOf('.') - 1 : 0)))
