import { CLASSIFIABLE, classOf, titleOf } from '#server/domain/failure-names/said.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import type { Option } from '#app/ui/field.tsx'

export const CLASS_WORDS: Readonly<Record<FailureClass, string>> = {
  business: 'Business',
  control: 'Control',
  technical_transient: 'Technical, retried',
  technical_permanent: 'Technical',
  unclassified: 'Unclassified',
}

/** What somebody may say that a failure is, each with its class. */
export const classifiableOptions = (): Option[] => [
  { value: '', label: 'Choose', disabled: true },
  ...CLASSIFIABLE.map((code) => ({ value: code, label: `${CLASS_WORDS[classOf(code)]}: ${titleOf(code)}` })),
]
