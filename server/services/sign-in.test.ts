import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN } from '#db/testing/load.ts'
import { addPerson } from './add-person.ts'
import { signIn } from './sign-in.ts'

const world = useDatabase()
const PASSWORD = 'correct horse'
const tried = async (tries: readonly { signIn: string; address: string; password?: string }[]) => {
  const answers = await Promise.all(tries.map((one) => signIn(world.context, { password: 'wrong', ...one })))
  return { wrong: answers.filter((answer) => answer === null).length, wait: answers.filter((answer) => answer === 'wait').length }
}
const many = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))

test('wrong passwords at once are no more tries than wrong passwords in turn', async () => {
  const guesses = many(40, (i) => ({ signIn: 'guessed', address: `10.0.0.${i}` }))
  expect(await tried(guesses)).toEqual({ wrong: 10, wait: 30 })
  const sprayed = many(40, (i) => ({ signIn: `sprayed-${i}`, address: '10.0.1.1' }))
  expect(await tried(sprayed)).toEqual({ wrong: 30, wait: 10 })
})

test('the right password counts for nothing, however often it is given', async () => {
  await addPerson(world.context, {
    signIn: 'often',
    name: 'Often',
    role: 'it',
    entityScope: ['*'],
    password: PASSWORD,
    actor: ADMIN,
  })
  const again = { signIn: 'often', address: '10.0.2.1' }
  for (const _ of many(35, () => 0)) expect(await signIn(world.context, { ...again, password: PASSWORD })).toHaveProperty('token')
  // Nine wrong ones are forgotten with the next right one.
  for (const _ of many(2, () => 0)) {
    expect(await tried(many(9, () => again))).toEqual({ wrong: 9, wait: 0 })
    expect(await signIn(world.context, { ...again, password: PASSWORD })).toHaveProperty('token')
  }
})
