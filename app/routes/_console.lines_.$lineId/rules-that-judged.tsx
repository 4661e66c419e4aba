import type { ReactNode } from 'react'
import { Disclosure } from '#app/ui/disclosure.tsx'
import type { JobDefinition } from '#server/domain/job.ts'
import { fieldWords } from '#server/domain/rules/catalogue.ts'

/** The rules of the job at the version that read the record, as sentences. */
export function RulesThatJudged({ definition }: { definition: JobDefinition }) {
  return (
    <div className="grid gap-2">
      <ul className="ms-4 grid list-disc gap-1">
        {sentencesOf(definition).map((sentence, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a sentence is its place in the list
          <li key={index}>{sentence}</li>
        ))}
      </ul>
      <Disclosure summary="As the job says it">
        <pre className="mono overflow-x-auto whitespace-pre-wrap text-ink-2">
          {JSON.stringify({ rules: definition.rules, tolerance: definition.tolerance, onFailure: definition.onFailure }, null, 2)}
        </pre>
      </Disclosure>
    </div>
  )
}

function sentencesOf({ rules, tolerance, onFailure }: JobDefinition): ReactNode[] {
  const words = (fields: readonly string[]) => fields.map((field) => fieldWords(field).toLowerCase()).join(', ')
  return [
    rules.required.length > 0 && `Not empty: ${words(rules.required)}.`,
    rules.members.length > 0 && `Known here, active and valid on the date of the line: ${words(rules.members)}.`,
    `Accounting status one of: ${rules.accountingStatus.join(', ')}.`,
    rules.approval && (
      <>
        The column <span className="mono">{rules.approval.column}</span> says {rules.approval.accepted.join(' or ')}.
      </>
    ),
    rules.balanced && 'Debit equals credit in each document and currency.',
    `The period is not closed${rules.softClosed === 'reject' ? ', nor soft-closed' : '; a soft-closed one takes late lines'}.`,
    'Known currency, amounts with no more decimals than it has, dates that exist, one record to a key.',
    `Sums the source states may differ by ${tolerance.absolute === '0' ? 'nothing' : `at most ${tolerance.absolute} in units of their currency`}; counts never.`,
    onFailure === 'hold' ? 'A rejected record holds the whole load.' : 'Rejected records are kept out; the rest is published.',
  ].filter(Boolean)
}
