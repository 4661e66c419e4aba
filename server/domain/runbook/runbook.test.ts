import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXCEPTION_CODES, guideOf, guidesAsMarkdown } from './runbook.ts'

const document = readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8')

test('every code has a guide that says what it means, how to find the cause, how to mend it, and who', () => {
  const bare = EXCEPTION_CODES.filter((code) => {
    const guide = guideOf(code)
    return guide === null || Object.values(guide).some((text) => text.trim().length < 3)
  })
  expect(bare).toEqual([])
})

test('the runbook holds a section for every code, word for word, so that page and document never differ', () => {
  const [, sections] = document.split('<!-- From server/domain/runbook: change it there. -->\n\n')
  expect(sections).toBe(guidesAsMarkdown())
})

test('a code of a version that is gone has none, and no name of an object passes for one', () => {
  expect([guideOf('gone'), guideOf('constructor')]).toEqual([null, null])
})
