import { expect, test } from 'vitest'
import { seal, unseal } from './seal.ts'

const SECRET = 'a secret of the test'

test('what was sealed comes back as it was, under the same secret only, and not when a letter of it changed', () => {
  const sealed = seal(SECRET, [7, 'fiona', null])
  expect(unseal(SECRET, sealed)).toEqual([7, 'fiona', null])
  expect(unseal(SECRET, ` ${sealed}\n`)).toEqual([7, 'fiona', null])
  expect(unseal('another secret', sealed)).toBeUndefined()
  const [text, signature] = sealed.split('.')
  const other = seal(SECRET, [8, 'fiona', null]).split('.')[0]
  for (const touched of [
    '',
    '.',
    text!,
    `${other}.${signature}`,
    `${text}.${signature!.slice(1)}`,
    `${text}.x${signature!.slice(1)}`,
  ])
    expect(unseal(SECRET, touched), touched).toBeUndefined()
})
