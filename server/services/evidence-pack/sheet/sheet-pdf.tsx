import { Document, Page, renderToBuffer, Text, View } from '@react-pdf/renderer'
import { registerFonts } from './fonts.ts'
import { accounting, Hash, INK, page, Section, Table } from './parts.tsx'
import type { Sheet } from './sheet-of.ts'

/** The sheet as a PDF to print and to file. */
export async function renderSheet(sheet: Sheet): Promise<Uint8Array> {
  registerFonts()
  return renderToBuffer(<SheetDocument sheet={sheet} />)
}

const STANDS: Readonly<Record<Sheet['stands'], { readonly words: string; readonly colour: string }>> = {
  certified: { words: 'Certified', colour: INK.fine },
  superseded: { words: 'Certified, and superseded since', colour: INK.broken },
  'not certified': { words: 'Not certified', colour: INK.broken },
}

function SheetDocument({ sheet }: { sheet: Sheet }) {
  const { title, of, stands, facts, madeAt, madeBy, sealHash } = sheet
  return (
    <Document
      title={`${title}: ${of}`}
      author="Finance Control Tower"
      creator="Finance Control Tower"
      producer="Finance Control Tower"
    >
      <Page size="A4" style={page.page}>
        <View style={{ flexDirection: 'row', justifyContent: 'space-between', alignItems: 'flex-start' }}>
          <View style={{ flex: 1, paddingRight: 16 }}>
            <Text style={page.title}>{title}</Text>
            <Text style={page.of}>{of}</Text>
          </View>
          <Text
            style={{
              color: STANDS[stands].colour,
              borderColor: STANDS[stands].colour,
              borderWidth: 0.8,
              paddingVertical: 2.5,
              paddingHorizontal: 7,
              fontWeight: 600,
            }}
          >
            {STANDS[stands].words}
          </Text>
        </View>
        <View style={page.facts}>
          {facts.map(([name, value]) => (
            <View key={name} style={page.fact}>
              <Text style={page.factName}>{name}</Text>
              <Text>{value}</Text>
            </View>
          ))}
        </View>
        <Figures sheet={sheet} />
        <Differences sheet={sheet} />
        <Unexplained sheet={sheet} />
        <Said sheet={sheet} />
        <Parts sheet={sheet} />
        <Signatures sheet={sheet} />
        <View style={page.foot} fixed>
          <Text>
            {of}
            {sealHash ? `   Seal ${sealHash.slice(0, 16)}…` : '   No seal'}
          </Text>
          <Text>
            Taken by {madeBy}, {madeAt}
          </Text>
        </View>
        <Text style={page.number} render={({ pageNumber, totalPages }) => `${pageNumber} of ${totalPages}`} fixed />
      </Page>
    </Document>
  )
}

function Figures({ sheet: { figures, first } }: { sheet: Sheet }) {
  return (
    <Section title="What each side has" note={`Differences are each side minus ${first}. Currencies are never added together.`}>
      <Table
        rows={figures}
        begins={({ isFirst }) => isFirst}
        columns={[
          { head: 'Account group', width: 22, cell: ({ group, isFirst }) => (isFirst ? group : '') },
          { head: 'Side', width: 17, cell: ({ side }) => side },
          { head: 'Lines', width: 10, kind: 'count', cell: ({ lines }) => counted(lines) },
          { head: 'Keys', width: 10, kind: 'count', cell: ({ keys }) => counted(keys) },
          { head: 'Amount', width: 20, kind: 'amount', cell: ({ amount }) => amount },
          { head: 'Difference', width: 18, kind: 'amount', cell: ({ difference }) => difference ?? '' },
          { head: '', width: 6, cell: ({ currency }) => currency },
        ]}
      />
    </Section>
  )
}

function Differences({ sheet: { differences, first } }: { sheet: Sheet }) {
  if (differences.length === 0)
    return (
      <Section title="What the difference is made of">
        <Text>There is none: every key of every side has the same amount.</Text>
      </Section>
    )
  return (
    <Section title="What the difference is made of" note="The parts sum to the difference exactly.">
      {differences.map(({ side, currency, buckets, unexplained, parts, amount }) => (
        <View key={`${side} ${currency}`} style={{ marginBottom: 8 }} wrap={false}>
          <Table
            rows={[
              ...buckets,
              { bucket: 'Unexplained', ...unexplained },
              { bucket: `Difference, ${side} minus ${first}`, parts, amount },
            ]}
            strong={({ bucket }) => bucket === 'Unexplained' || bucket.startsWith('Difference')}
            begins={({ bucket }) => bucket === 'Unexplained' || bucket.startsWith('Difference')}
            columns={[
              { head: `${side}, ${currency}`, width: 59, cell: ({ bucket }) => bucket },
              { head: 'Parts', width: 10, kind: 'count', cell: (row) => counted(row.parts) },
              { head: 'Amount', width: 28, kind: 'amount', cell: (row) => row.amount },
              { head: '', width: 6, cell: () => currency },
            ]}
          />
        </View>
      ))}
    </Section>
  )
}

function Unexplained({ sheet: { rests } }: { sheet: Sheet }) {
  if (rests.length === 0) return null
  return (
    <Section title="Unexplained" note="What no evidence takes, what people said of it, and what is left, against the tolerance.">
      <Table
        rows={rests}
        columns={[
          { head: 'Account group', width: 20, cell: ({ accountGroup }) => accountGroup },
          { head: 'Side', width: 15, cell: ({ side }) => side },
          { head: 'Unexplained', width: 17, kind: 'amount', cell: ({ before }) => before },
          { head: 'Explained', width: 17, kind: 'amount', cell: ({ explained }) => explained },
          { head: 'Left', width: 15, kind: 'amount', cell: ({ unexplained }) => unexplained },
          { head: 'Tolerance', width: 13, kind: 'amount', cell: ({ tolerance }) => tolerance },
          { head: '', width: 7, cell: ({ currency }) => currency },
          { head: 'Verdict', width: 12, cell: ({ isAccepted }) => (isAccepted ? 'accepted' : 'open') },
        ]}
      />
    </Section>
  )
}

/** What people and rules said of it, and the files that support it. */
function Said({ sheet: { explanations, explanationsInAll, matches, evidence } }: { sheet: Sheet }) {
  return (
    <>
      {explanations.length > 0 && (
        <Section title="Explanations" note={more(explanations.length, explanationsInAll)}>
          <Table
            rows={explanations}
            columns={[
              { head: 'Of', width: 17, cell: ({ key }) => key },
              { head: 'Explanation', width: 36, cell: ({ type, text, file }) => `${type}: ${text}${file ? ` (${file})` : ''}` },
              { head: 'Amount', width: 17, kind: 'amount', cell: ({ amount }) => amount },
              { head: '', width: 7, cell: ({ currency }) => currency },
              { head: 'Who and when', width: 23, cell: ({ by, at }) => `${by}, ${at}` },
            ]}
          />
        </Section>
      )}
      {matches.length > 0 && (
        <Section title="Matches" note="Lines that belong together although their keys do not say so.">
          <Table
            rows={matches}
            columns={[
              { head: 'Rule', width: 40, cell: ({ rule }) => rule },
              { head: 'State', width: 20, cell: ({ state }) => state },
              { head: 'Matches', width: 14, kind: 'count', cell: (row) => counted(row.matches) },
              { head: 'Lines', width: 14, kind: 'count', cell: ({ lines }) => counted(lines) },
              { head: 'Hash over the lines', width: 24, kind: 'code', cell: ({ linesHash }) => linesHash.slice(0, 16) },
            ]}
          />
        </Section>
      )}
      {evidence.length > 0 && (
        <Section title="Evidence" note="Files that go along in the folder evidence.">
          {evidence.map(({ name, sha256, byteCount }) => (
            <View
              key={`${name} ${sha256}`}
              style={{ paddingVertical: 2.6, borderBottomWidth: 0.5, borderBottomColor: INK.faint }}
              wrap={false}
            >
              <Text>
                {name}, {counted(byteCount)} bytes
              </Text>
              <Hash of={sha256} />
            </View>
          ))}
        </Section>
      )}
    </>
  )
}

function Parts({ sheet: { parts, partsInAll } }: { sheet: Sheet }) {
  if (parts.length === 0) return null
  return (
    <Section title="Parts of the difference" note={more(parts.length, partsInAll)}>
      <Table
        rows={parts}
        columns={[
          { head: 'Key', width: 26, cell: ({ key }) => key },
          { head: 'Account group', width: 15, cell: ({ accountGroup }) => accountGroup },
          { head: 'Side', width: 11, cell: ({ side }) => side },
          { head: 'Part', width: 14, cell: ({ bucket }) => bucket },
          { head: 'Because', width: 27, cell: ({ because }) => because },
          { head: 'Amount', width: 18, kind: 'amount', cell: ({ amount }) => amount },
          { head: '', width: 6, cell: ({ currency }) => currency },
        ]}
      />
    </Section>
  )
}

function Signatures({ sheet: { statement, signatures, sealHash } }: { sheet: Sheet }) {
  return (
    <Section title="Statement and signatures">
      <Text style={{ fontSize: 9.5, marginVertical: 5, paddingLeft: 9, borderLeftWidth: 1.6, borderLeftColor: INK.line }}>
        {statement}
      </Text>
      {signatures.length === 0 && <Text>Nobody has signed this comparison.</Text>}
      {signatures.map(({ act, name, signIn, at, comment }) => (
        <View
          key={`${act} ${signIn} ${at}`}
          style={{ flexDirection: 'row', paddingVertical: 4, borderBottomWidth: 0.5, borderBottomColor: INK.faint }}
          wrap={false}
        >
          <Text style={{ flex: 14, fontWeight: 600 }}>{act}</Text>
          <Text style={{ flex: 32 }}>{name === signIn ? name : `${name} (${signIn})`}</Text>
          <Text style={{ flex: 27 }}>{at}</Text>
          <Text style={{ flex: 30, color: INK.quiet }}>{comment}</Text>
        </View>
      ))}
      <View style={{ marginTop: 10 }} wrap={false}>
        <Text style={{ fontWeight: 600 }}>Seal</Text>
        {sealHash ? (
          <>
            <Text>
              SHA-256 of seal.json, which holds everything above. The audit log has it in the event of the certification.
            </Text>
            <Hash of={sealHash} />
          </>
        ) : (
          <Text>None: nobody has certified this comparison.</Text>
        )}
      </View>
    </Section>
  )
}

const counted = (count: number) => accounting(`${count}`).body
const more = (shown: number, inAll: number) =>
  shown < inAll ? `The first ${counted(shown)} of ${counted(inAll)}; all of them are in manifest.json.` : undefined
