import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Figure, type FigureProps } from './figure.tsx'

const drawn = (props: FigureProps) => {
  const html = renderToStaticMarkup(<Figure {...props} />)
  const [, hidden] = /aria-hidden="true">([^<]*)</.exec(html) ?? []
  const [, spoken] = /visually-hidden">([^<]*)</.exec(html) ?? []
  const [, own] = /^<span [^>]*>([^<]*)/.exec(html) ?? []
  const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(html)?.[1]
  return { eye: hidden ?? own, ear: spoken ?? own, copied: attribute('data-plain'), keeps: attribute('data-after') }
}

// To the eye in brackets, to the ear and to the clipboard with a sign.
test.each([
  { props: { value: '1234.50' }, eye: '1,234.50', ear: '1,234.50', copied: '1234.50', keeps: ')' },
  { props: { value: '-1234.50' }, eye: '(1,234.50)', ear: 'minus 1,234.50', copied: '-1234.50', keeps: undefined },
  { props: { value: '0.00' }, eye: '–', ear: 'zero', copied: '0.00', keeps: '.00)' },
  { props: { value: null }, eye: 'n/a', ear: 'n/a', copied: '', keeps: ')' },
  { props: { value: '5', signed: true }, eye: '+5', ear: '+5', copied: '5', keeps: ')' },
  { props: { value: '0', signed: true }, eye: '–', ear: 'zero', copied: '0', keeps: ')' },
  { props: { value: '5', inline: true }, eye: '5', ear: '5', copied: '5', keeps: undefined },
  { props: { value: '1.000,50' }, eye: '1.000,50', ear: '1.000,50', copied: '1.000,50', keeps: undefined },
])('$props is seen as $eye', ({ props, ...expected }) => {
  expect(drawn(props)).toEqual(expected)
})

test.each([
  ['5', '.00)'],
  ['5.5', '0)'],
  ['5.00', ')'],
  ['-5', '.00'],
  ['-5.00', undefined],
  ['0', '.00)'],
  ['0.00', '.00)'],
  [null, '.00)'],
])('in a column of two digits %s keeps the width of %s, so the points stand in one line', (value, keeps) => {
  expect(drawn({ value, alignTo: 2 }).keeps).toBe(keeps)
})
