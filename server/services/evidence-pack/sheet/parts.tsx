import type { ReactNode } from 'react'
import { StyleSheet, Text, View } from '@react-pdf/renderer'
import { CODE, TEXT } from './fonts.ts'

export const INK = { text: '#16191d', quiet: '#5b6470', line: '#c9ced6', faint: '#e6e9ee', broken: '#a4161a', fine: '#1d6b3c' }

const styles = StyleSheet.create({
  section: { marginTop: 16 },
  heading: { fontSize: 10.5, fontWeight: 600, marginBottom: 2 },
  note: { color: INK.quiet, marginBottom: 3 },
  row: { flexDirection: 'row', borderBottomWidth: 0.5, borderBottomColor: INK.faint, paddingVertical: 2.6 },
  head: { flexDirection: 'row', borderBottomWidth: 0.8, borderBottomColor: INK.text, paddingVertical: 2.6 },
  cell: { paddingRight: 8 },
  number: { textAlign: 'right', paddingRight: 8, fontFeatureSettings: ['tnum'] },
  code: { fontFamily: CODE, fontSize: 7.2 },
})

export function Section({ title, note, children }: { title: string; note?: string | undefined; children: ReactNode }) {
  return (
    <>
      {/* Beside what it is of, not around it: only so does the renderer keep a heading from being the last line of a page. */}
      <View style={styles.section} minPresenceAhead={64}>
        <Text style={styles.heading}>{title}</Text>
        {note && <Text style={styles.note}>{note}</Text>}
      </View>
      {children}
    </>
  )
}

export type Column<Row> = {
  readonly head: string
  /** Share of the width. */
  readonly width: number
  readonly kind?: 'text' | 'count' | 'amount' | 'code'
  readonly cell: (row: Row) => string | null
}
type TableProps<Row> = {
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  /** What is set off: a sum, what is unexplained. */
  strong?: (row: Row) => boolean
  /** A finer line above it: the next group begins. */
  begins?: (row: Row) => boolean
  /** Of the whole, in points: of a page that stands upright. */
  points?: number
}

/** Rows are never torn in two, and the head stands again on each page. */
export function Table<Row>({ columns, rows, strong, begins, points = 503 }: TableProps<Row>) {
  const all = columns.reduce((sum, { width }) => sum + width, 0)
  const share = (width: number) => `${(width * 100) / all}%`
  const charsOf = (width: number) => Math.floor((points * width) / all / POINTS_A_LETTER)
  return (
    <View>
      <View style={styles.head} fixed>
        {columns.map(({ head, width, kind }) => (
          <Text
            key={head}
            style={[
              kind === 'amount' || kind === 'count' ? styles.number : styles.cell,
              { width: share(width), color: INK.quiet },
            ]}
          >
            {head}
          </Text>
        ))}
      </View>
      {rows.map((row, i) => (
        <View
          // biome-ignore lint/suspicious/noArrayIndexKey: printed once, in this order
          key={i}
          style={[styles.row, begins?.(row) && i > 0 ? { borderTopWidth: 0.5, borderTopColor: INK.line } : {}]}
          wrap={false}
        >
          {columns.map((column) => (
            <TableCell
              key={column.head}
              column={column}
              width={share(column.width)}
              chars={charsOf(column.width)}
              row={row}
              isStrong={strong?.(row) ?? false}
            />
          ))}
        </View>
      ))}
    </View>
  )
}

type CellProps<Row> = { column: Column<Row>; width: string; chars: number; row: Row; isStrong: boolean }

function TableCell<Row>({ column, width, chars, row, isStrong }: CellProps<Row>) {
  const { kind = 'text', cell } = column
  const text = cell(row) ?? ''
  const weight = isStrong ? { fontWeight: 600 } : {}
  if (kind === 'amount') return <Amount text={text} style={{ width, ...weight }} />
  const look = kind === 'count' ? styles.number : kind === 'code' ? [styles.cell, styles.code] : styles.cell
  return <Text style={[look, { width, ...weight }].flat()}>{folded(text, chars)}</Text>
}

/** Wide enough for all but a row of capitals. */
const POINTS_A_LETTER = 4.9

/** A word that is longer than its column goes on in the next line: the renderer would write it over its neighbour. */
const folded = (text: string, chars: number): string =>
  text.replace(/\S+/g, (word) =>
    word.length <= chars ? word : (word.match(new RegExp(`.{1,${Math.max(chars, 4)}}`, 'gu')) ?? [word]).join('\n'),
  )

/** Negatives stand in parentheses; the closing one hangs out, so that digits stand below digits. */
function Amount({ text, style }: { text: string; style: { width: string; fontWeight?: number } }) {
  const { body, isNegative } = accounting(text)
  return (
    <View style={{ ...style, flexDirection: 'row', justifyContent: 'flex-end', paddingRight: 4 }}>
      <Text style={{ fontFeatureSettings: ['tnum'], textAlign: 'right' }}>{isNegative ? `(${body}` : body}</Text>
      <Text style={{ width: 4 }}>{isNegative ? ')' : ''}</Text>
    </View>
  )
}

export function accounting(text: string): { body: string; isNegative: boolean } {
  const [whole = '', fraction] = text.replace('-', '').split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return { body: fraction === undefined ? grouped : `${grouped}.${fraction}`, isNegative: text.startsWith('-') }
}

/** In groups of eight, so that two of them can be compared by eye. */
export const Hash = ({ of }: { of: string }) => (
  <Text style={{ fontFamily: CODE, fontSize: 7.2 }}>{of.replace(/(.{8})(?=.)/g, '$1 ')}</Text>
)

// No line height on the page: handed down, it makes what the renderer fills in late, the number of pages, vanish.
export const page = StyleSheet.create({
  page: {
    paddingTop: 46,
    paddingBottom: 54,
    paddingHorizontal: 46,
    fontFamily: TEXT,
    fontSize: 8,
    color: INK.text,
  },
  title: { fontSize: 17, fontWeight: 600, lineHeight: 1.2 },
  of: { fontSize: 10.5, color: INK.quiet, marginTop: 3 },
  facts: { flexDirection: 'row', flexWrap: 'wrap', marginTop: 12, borderTopWidth: 0.8, borderTopColor: INK.text, paddingTop: 6 },
  fact: { width: '33.3%', paddingRight: 10, marginBottom: 5 },
  factName: { color: INK.quiet },
  foot: {
    position: 'absolute',
    left: 46,
    right: 116,
    bottom: 26,
    height: 12,
    flexDirection: 'row',
    justifyContent: 'space-between',
    color: INK.quiet,
    fontSize: 7,
  },
  number: {
    position: 'absolute',
    right: 46,
    width: 60,
    bottom: 26,
    height: 12,
    textAlign: 'right',
    color: INK.quiet,
    fontSize: 7,
  },
})
