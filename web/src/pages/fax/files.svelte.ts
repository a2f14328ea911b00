/** The files of a fax: each is uploaded and looked at by itself, then they become one document in their order. */
import { documents, type FaxDocument, type PictureKind, type Quality } from '../../data/fax';
import { t } from '../../i18n/fax';
import { ApiError } from '../../lib/api';

const CONVERTING_MS = 400;
let count = 0;

export class FaxFile {
  readonly key = (count += 1);
  document = $state.raw<FaxDocument | null>(null);
  problem = $state('');
  /** Why it cannot be faxed. */
  readonly refused = $derived(this.problem || (this.document?.state === 'refused' ? (this.document.reason ?? t.error.generic) : ''));
  readonly ready = $derived(this.document?.state === 'ready');

  constructor(readonly name: string, readonly size: number, readonly picture: boolean) {}
}

const why = (error: unknown): string => (error instanceof ApiError ? (Object.values(error.fields)[0] ?? error.message) : t.error.generic);

export class FaxFiles {
  rows = $state.raw<FaxFile[]>([]);
  quality = $state<Quality>('fine');
  picture = $state<PictureKind>('auto');
  /** There is one that may be letters or a photograph. */
  readonly pictures = $derived(this.rows.some((row) => row.picture));
  /** What would be sent: one document of all of them. */
  made = $state.raw<FaxDocument | null>(null);
  problem = $state('');
  readonly working = $derived(this.rows.some((row) => !row.refused && !row.ready) || (this.rows.length > 0 && !this.made && !this.problem && this.rows.every((row) => row.ready)));
  private readonly gone = new AbortController();
  /** Which making is the newest: what an older one brings is of no use. */
  private turn = 0;

  add(file: File): void {
    const row = new FaxFile(file.name, file.size, file.type.startsWith('image/'));
    this.change([...this.rows, row]);
    void this.follow(row, documents.add(file, file.name, this.quality, this.picture));
  }

  /** A document that is there already: a received fax that is sent on. */
  keep(id: string): void {
    const row = new FaxFile(t.fax.send.document, 0, false);
    this.change([...this.rows, row]);
    void this.follow(row, documents.get(id, this.gone.signal));
  }

  move(at: number, by: -1 | 1): void {
    const rows = [...this.rows];
    rows.splice(at + by, 0, ...rows.splice(at, 1));
    this.change(rows);
  }

  remove(row: FaxFile): void {
    this.change(this.rows.filter((one) => one !== row));
  }

  draw(quality: Quality, picture: PictureKind): void {
    this.quality = quality;
    this.picture = picture;
    this.change(this.rows);
  }

  close(): void {
    this.gone.abort();
  }

  private change(rows: FaxFile[]): void {
    this.rows = rows;
    this.made = null;
    this.problem = '';
    void this.join();
  }

  private async settled(document: FaxDocument, wanted: () => boolean): Promise<FaxDocument> {
    let now = document;
    while (now.state === 'converting' && wanted()) {
      await new Promise((resolve) => setTimeout(resolve, CONVERTING_MS));
      now = await documents.get(now.id, this.gone.signal);
    }
    return now;
  }

  private async follow(row: FaxFile, fresh: Promise<FaxDocument>): Promise<void> {
    try {
      row.document = await this.settled(await fresh, () => this.rows.includes(row));
    } catch (error) {
      if (!this.gone.signal.aborted) row.problem = why(error);
    }
    if (this.rows.includes(row)) void this.join();
  }

  private async join(): Promise<void> {
    const turn = (this.turn += 1);
    const parts = this.rows.flatMap((row) => (row.ready && row.document ? [row.document] : []));
    const [only] = parts;
    if (!only || parts.length < this.rows.length) return;
    if (parts.length === 1 && only.quality === this.quality && only.picture === this.picture) {
      this.made = only;
      return;
    }
    try {
      const joined = await documents.join(parts.map((part) => part.id), this.quality, this.picture);
      const made = await this.settled(joined, () => turn === this.turn);
      if (turn !== this.turn) return;
      if (made.state === 'ready') this.made = made;
      else this.problem = made.reason ?? t.error.generic;
    } catch (error) {
      if (turn === this.turn && !this.gone.signal.aborted) this.problem = why(error);
    }
  }
}
