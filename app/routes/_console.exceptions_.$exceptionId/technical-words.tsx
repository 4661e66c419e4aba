import { Disclosure } from '#app/ui/disclosure.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import type { Screen } from './screen.ts'

type Props = { screen: Pick<Screen, 'exception' | 'advice' | 'failedAttempts'> }

export function TechnicalWords({ screen: { exception, advice, failedAttempts } }: Props) {
  const { code, failureClass, detail, subject } = exception
  return (
    <Disclosure summary="Technical words">
      <KeyValue
        items={[
          { key: 'Code', value: <span className="mono">{code}</span> },
          { key: 'Class', value: <span className="mono">{failureClass}</span> },
          ...(advice.technical ? [{ key: 'Rule', value: advice.technical }] : []),
          ...(detail && code !== 'member_drift' ? [{ key: 'Detail', value: detail }] : []),
          ...Object.entries(subject)
            .filter(([key, value]) => value !== '' && key !== 'targetSystem')
            .map(([key, value]) => ({ key, value: <span className="mono">{value}</span> })),
          ...failedAttempts.map(({ attempt, code: failure, detail: words }) => ({
            key: `Attempt ${attempt}`,
            value: (
              <>
                <span className="mono">{failure}</span> {words}
              </>
            ),
          })),
        ]}
      />
    </Disclosure>
  )
}
