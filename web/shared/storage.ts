// What a browser keeps between pages. Storage may be full, switched off or blocked: then it lasts as long as the page.

export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export class BrowserStore implements Store {
  private readonly fallback = new Map<string, string>();

  constructor(private readonly prefix: string) {}

  get(key: string): string | null {
    try {
      const value = window.localStorage.getItem(this.prefix + key);
      if (value !== null) return value;
    } catch {
      // blocked: the fallback answers
    }
    return this.fallback.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.fallback.set(key, value);
    try {
      window.localStorage.setItem(this.prefix + key, value);
    } catch {
      // full or blocked: kept for this page only
    }
  }

  remove(key: string): void {
    this.fallback.delete(key);
    try {
      window.localStorage.removeItem(this.prefix + key);
    } catch {
      // blocked: nothing was stored
    }
  }
}

export function readJson<T>(store: Store, key: string, valid: (value: unknown) => value is T): T | null {
  const text = store.get(key);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return valid(value) ? value : null;
  } catch {
    return null;
  }
}
