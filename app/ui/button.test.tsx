import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Button } from './button.tsx'

test('a disabled submit says why and cannot be sent even without a script', () => {
  const html = renderToStaticMarkup(
    <Button type="submit" disabledReason="You prepared it.">
      Certify
    </Button>,
  )
  const [, reasonId] = /aria-describedby="([^"]+)"/.exec(html) ?? []
  expect(html).toContain('type="button"')
  expect(html).toContain('aria-disabled="true"')
  // Still reachable by keyboard, or nobody could find the reason.
  expect(html).not.toMatch(/ disabled/)
  expect(html).toContain(`id="${reasonId}" class="reason">You prepared it.`)
})

test('without a reason it is a submit button like any other', () => {
  expect(renderToStaticMarkup(<Button type="submit">Certify</Button>)).toMatch(/^<button type="submit"/)
})
