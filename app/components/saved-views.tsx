import { useFetcher } from '@remix-run/react'
import { Bookmark, Pin, PinOff, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { paths, viewHref } from '#app/paths.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Input } from '#app/ui/field.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Popover } from '#app/ui/popover.tsx'
import { showToast } from '#app/ui/toast.tsx'
import { VIEW_NAME_CHARS_MAX, viewQuery } from '#server/domain/saved-view.ts'

export type SavedView = {
  readonly viewId: number
  readonly screen: string
  readonly name: string
  readonly query: string
  readonly isTeam: boolean
  readonly isMine: boolean
  readonly owner: string
  readonly isDefault: boolean
}
export type SavedViewsProps = {
  /** The path of the list. */
  screen: string
  /** The query of this address. */
  search: string
  views: readonly SavedView[]
  mayKeep: boolean
}

const NOT_MAY = 'An auditor looks and changes nothing; views of the team can be opened.'

/** The views of a list: open one, keep this one, choose with which the list opens. */
export function SavedViews({ screen, search, views, mayKeep }: SavedViewsProps) {
  const here = views.filter((view) => view.screen === screen)
  const query = viewQuery(search)
  const saved = new URLSearchParams(search).get('saved')
  const open = here.find(({ viewId }) => `${viewId}` === saved) ?? null
  const isModified = open !== null && open.query !== query
  const removal = useRemoval(views)
  const label = (
    <>
      {open ? open.name : 'Views'}
      {isModified && (
        <span className="view-dot" title="Modified">
          <span className="visually-hidden">modified</span>
        </span>
      )}
    </>
  )
  return (
    <Popover label={label} panelLabel="Views of this list" icon={Bookmark} kind="ghost">
      <ul>
        <li>
          <Link href={screen} className="menu-item" aria-current={saved === null && query === '' ? 'true' : undefined}>
            Everything
          </Link>
        </li>
        {here.map((view) => (
          <ViewLine
            key={view.viewId}
            view={view}
            isOpen={view === open}
            returnTo={screen + search}
            mayKeep={mayKeep}
            {...removal}
          />
        ))}
      </ul>
      <KeepThis screen={screen} query={query} open={open} isModified={isModified} mayKeep={mayKeep} />
    </Popover>
  )
}

type ViewLineProps = {
  view: SavedView
  isOpen: boolean
  returnTo: string
  mayKeep: boolean
  /** Of the whole panel: this line goes with the view it removes. */
  remover: ReturnType<typeof useViewFetcher>
  onRemove: (view: SavedView) => void
}

function ViewLine({ view, isOpen, returnTo, mayKeep, remover, onRemove }: ViewLineProps) {
  const { viewId, screen, name, query, isTeam, isMine, isDefault, owner } = view
  const fetcher = useViewFetcher()
  return (
    <li className="view-line">
      <Link href={viewHref(screen, query, viewId)} className="menu-item" aria-current={isOpen ? 'true' : undefined}>
        <span className="truncate">{name}</span>
        {isTeam && <span className="meta">{isMine ? 'team' : `team, by ${owner}`}</span>}
        {isDefault && <span className="meta">opens first</span>}
      </Link>
      <fetcher.Form method="post" action={paths.views()}>
        <input type="hidden" name="screen" value={screen} />
        <input type="hidden" name="returnTo" value={returnTo} />
        {!isDefault && <input type="hidden" name="viewId" value={viewId} />}
        <Button
          type="submit"
          name="do"
          value="default"
          size="small"
          kind="ghost"
          icon={isDefault ? PinOff : Pin}
          iconOnly
          reasonAlign="end"
          disabledReason={mayKeep ? null : NOT_MAY}
        >
          {isDefault ? `Open the list with everything instead of ${name}` : `Open the list with ${name}`}
        </Button>
      </fetcher.Form>
      <remover.Form method="post" action={paths.views()} onSubmit={() => onRemove(view)}>
        <input type="hidden" name="viewId" value={viewId} />
        <input type="hidden" name="returnTo" value={returnTo} />
        <Button
          type="submit"
          name="do"
          value="remove"
          size="small"
          kind="ghost"
          icon={Trash2}
          iconOnly
          reasonAlign="end"
          disabledReason={!mayKeep ? NOT_MAY : isMine ? null : `${owner} keeps this view for the team.`}
        >
          Remove {name}
        </Button>
      </remover.Form>
    </li>
  )
}

type KeepProps = { screen: string; query: string; open: SavedView | null; isModified: boolean; mayKeep: boolean }

function KeepThis({ screen, query, open, isModified, mayKeep }: KeepProps) {
  const fetcher = useViewFetcher()
  const isMine = open?.isMine ?? false
  return (
    <fetcher.Form method="post" action={paths.views()} className="popover-foot">
      <input type="hidden" name="screen" value={screen} />
      <input type="hidden" name="query" value={query} />
      <Input
        key={open?.viewId ?? 'new'}
        label="Name"
        name="name"
        required
        maxLength={VIEW_NAME_CHARS_MAX}
        defaultValue={isMine ? open?.name : ''}
        hint="The filters and the scope as they are now. A name of yours that is there already is replaced."
      />
      <label className="flex items-center gap-2">
        <input type="checkbox" className="check" name="isTeam" value="yes" defaultChecked={isMine && open?.isTeam} />
        For the whole team
      </label>
      <label className="flex items-center gap-2">
        <input type="checkbox" className="check" name="isDefault" value="yes" defaultChecked={open?.isDefault} />
        The list opens with it
      </label>
      <div className="flex justify-end gap-2">
        {isModified && open && (
          <ButtonLink href={viewHref(screen, open.query, open.viewId)} size="small" kind="ghost">
            Reset to {open.name}
          </ButtonLink>
        )}
        <Button
          type="submit"
          name="do"
          value="save"
          size="small"
          kind="primary"
          reasonAlign="end"
          disabledReason={mayKeep ? null : NOT_MAY}
        >
          Save this view
        </Button>
      </div>
    </fetcher.Form>
  )
}

/** Offers to take a removal back, once it is done: one that is still on its way would overtake what takes it back. */
function useRemoval(views: readonly SavedView[]): Pick<ViewLineProps, 'remover' | 'onRemove'> {
  const remover = useViewFetcher()
  const { submit } = useViewFetcher()
  const [removing, setRemoving] = useState<SavedView | null>(null)
  const isDone = removing !== null && remover.state === 'idle' && !views.some(({ viewId }) => viewId === removing.viewId)
  useEffect(() => {
    if (!isDone) return
    const { name, screen, query, isTeam, isDefault } = removing
    const again = { do: 'save', screen, name, query, ...(isTeam && { isTeam: 'yes' }), ...(isDefault && { isDefault: 'yes' }) }
    showToast({ text: `View “${name}” removed.`, undo: () => submit(again, { method: 'post', action: paths.views() }) })
    setRemoving(null)
  }, [isDone, removing, submit])
  return { remover, onRemove: setRemoving }
}

/** A refusal is told where the news are: the panel it was asked from has closed. */
function useViewFetcher() {
  const fetcher = useFetcher<{ refused?: { message?: string } } | null>()
  const refused = fetcher.state === 'idle' ? fetcher.data?.refused : undefined
  useEffect(() => {
    if (refused) showToast({ text: refused.message ?? 'That could not be done.' })
  }, [refused])
  return fetcher
}
