import { CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { EventView } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { CodeBlock } from '#app/ui/code-block.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'

type Shown = Pick<EventView, 'leaf' | 'hash' | 'recomputed' | 'text' | 'inclusion' | 'correlationId' | 'eventId'>

/** That this event is in the log that was signed, gone through once more for this page. */
export function Proof({ event }: { event: Shown }) {
  const { leaf, hash, recomputed, text, inclusion } = event
  return (
    <Section
      title="The proof"
      actions={
        <DownloadLink size="small" href={paths.auditEvidence('zip', { correlation: event.correlationId })}>
          Evidence of its chain of cause
        </DownloadLink>
      }
    >
      <KeyValue
        items={[
          { key: 'Leaf', value: leaf ?? 'none yet: it waits for the worker, and cannot be lost' },
          {
            key: 'Hash of its leaf',
            value: <span className="mono">{hash ?? recomputed}</span>,
          },
          {
            key: 'Computed anew',
            value:
              hash === null ? (
                'nothing to compare with yet'
              ) : hash === recomputed ? (
                <Sound>the same</Sound>
              ) : (
                <Broken>
                  <span className="mono">{recomputed}</span> differs: the event was changed
                </Broken>
              ),
          },
          {
            key: 'Signed',
            value: inclusion ? (
              <>
                among the first {counted(inclusion.checkpoint.size, 'event')},{' '}
                <Time at={inclusion.checkpoint.signedAt} seconds showZone />, by key{' '}
                <span className="mono">{inclusion.checkpoint.keyId}</span>
              </>
            ) : (
              'not yet: the next checkpoint covers it'
            ),
          },
          ...(inclusion
            ? [
                {
                  key: 'From leaf to root',
                  value: inclusion.leads ? (
                    <Sound>{counted(inclusion.proof.length, 'hash', 'hashes')} lead to the signed root</Sound>
                  ) : (
                    <Broken>the hashes do not lead to the signed root: this is not what was signed</Broken>
                  ),
                },
              ]
            : []),
        ]}
      />
      <div className="grid min-w-0 grid-cols-1 gap-2">
        <Disclosure summary="What was hashed">
          <CodeBlock title="leaf" text={text} note="SHA-256 of a zero byte and this text (RFC 8785, RFC 6962)" />
        </Disclosure>
        {inclusion && (
          <Disclosure summary="The way to the root">
            <CodeBlock
              title={`inclusion of leaf ${leaf} in ${inclusion.checkpoint.size}`}
              text={inclusion.proof.join('\n')}
              note="siblings from the leaf upwards"
            />
            <CodeBlock title="checkpoint" text={inclusion.checkpoint.note} note="as it was signed" />
          </Disclosure>
        )}
      </div>
    </Section>
  )
}

const Sound = ({ children }: { children: ReactNode }) => (
  <span className="inline-flex items-center gap-1.5">
    <CircleCheck className="icon" aria-hidden />
    {children}
  </span>
)

const Broken = ({ children }: { children: ReactNode }) => (
  <span className="inline-flex items-center gap-1.5 font-strong text-broken">
    <CircleX className="icon" aria-hidden />
    {children}
  </span>
)
