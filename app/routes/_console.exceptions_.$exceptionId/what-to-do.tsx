import { Disclosure } from '#app/ui/disclosure.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import type { Screen } from './screen.ts'

/** The section of the runbook about this code, on demand. */
export function WhatToDo({ guide }: Pick<Screen, 'guide'>) {
  if (!guide) return null
  return (
    <Disclosure summary="What it means, how to find the cause, how to mend it">
      <KeyValue
        items={[
          { key: 'What it means', value: guide.means },
          { key: 'How to find the cause', value: guide.find },
          { key: 'How to mend it', value: guide.mend },
          { key: 'Who', value: guide.who },
        ]}
      />
    </Disclosure>
  )
}
