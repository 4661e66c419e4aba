import { Document, Page, renderToBuffer, Text, View } from '@react-pdf/renderer'
import { registerFonts } from './fonts.ts'
import type { Index } from './index-of.ts'
import { page, Section, Table } from './parts.tsx'

/** What a pack of a period holds, one row a reconciliation, side and currency that differs. */
export async function renderIndex(index: Index): Promise<Uint8Array> {
  registerFonts()
  return renderToBuffer(<IndexDocument index={index} />)
}

function IndexDocument({ index: { title, rows, madeBy, madeAt } }: { index: Index }) {
  const certified = rows.filter(({ stands }) => stands === 'certified').length
  const nothing = { difference: null, unexplained: null, currency: null }
  const shown = rows.flatMap((row) =>
    (row.differences.length > 0 ? row.differences : [nothing]).map((difference, i) => ({ row, difference, isFirst: i === 0 })),
  )
  return (
    <Document title={title} author="Finance Control Tower" creator="Finance Control Tower" producer="Finance Control Tower">
      <Page size="A4" orientation="landscape" style={page.page}>
        <Text style={page.title}>{title}</Text>
        <Text style={page.of}>
          {certified} of {rows.length} certified
        </Text>
        <Section title="Reconciliations" note="Each has a folder of its own. What ties has no difference.">
          <Table
            rows={shown}
            begins={({ isFirst }) => isFirst}
            points={750}
            columns={[
              { head: 'Folder', width: 30, cell: ({ row, isFirst }) => (isFirst ? row.folder : '') },
              { head: 'Reconciliation', width: 28, cell: ({ row, isFirst }) => (isFirst ? row.title : '') },
              { head: 'Stands', width: 11, cell: ({ row, isFirst }) => (isFirst ? row.stands : '') },
              { head: 'Difference', width: 15, kind: 'amount', cell: ({ difference }) => difference.difference ?? '' },
              { head: 'Unexplained', width: 15, kind: 'amount', cell: ({ difference }) => difference.unexplained ?? '' },
              { head: '', width: 5, cell: ({ difference }) => difference.currency ?? '' },
              { head: 'Prepared', width: 10, cell: ({ row, isFirst }) => (isFirst ? (row.preparedBy ?? '') : '') },
              { head: 'Certified', width: 10, cell: ({ row, isFirst }) => (isFirst ? (row.certifiedBy ?? '') : '') },
              {
                head: 'Seal',
                width: 14,
                kind: 'code',
                cell: ({ row, isFirst }) => (isFirst ? (row.sealHash?.slice(0, 12) ?? 'none') : ''),
              },
            ]}
          />
        </Section>
        <View style={page.foot} fixed>
          <Text>{title}</Text>
          <Text>
            Taken by {madeBy}, {madeAt}
          </Text>
        </View>
        <Text style={page.number} render={({ pageNumber, totalPages }) => `${pageNumber} of ${totalPages}`} fixed />
      </Page>
    </Document>
  )
}
