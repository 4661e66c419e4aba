import type { ClientActionFunctionArgs } from '@remix-run/react'
import { expect, test } from 'vitest'
import { keepWritten } from './keep-written.ts'

const answering = (serverAction: () => Promise<unknown>) => keepWritten({ serverAction } as ClientActionFunctionArgs)

test('where the tower does not answer the form is told so, as of an action that failed', async () => {
  const answer = await answering(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(answer).toBeInstanceOf(Response)
  expect((answer as Response).status).toBe(503)
  expect(await (answer as Response).json()).toMatchObject({ refused: { message: 'The tower cannot be reached' } })
})

test('what else goes wrong is not covered up', async () => {
  const fault = new TypeError("Cannot read properties of undefined (reading 'map')")
  await expect(answering(() => Promise.reject(fault))).rejects.toBe(fault)
  expect(await answering(async () => ({ did: 1 }))).toEqual({ did: 1 })
})
