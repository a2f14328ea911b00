/** Hears whether one speaks into the microphone while a call is muted. */
const LOOK_MS = 100;
/** Three looks in a row above this are speech, or as good as: -40 dB of full scale. */
const LOUD = 0.01;
const LOOKS = 3;
/** Between words one is still speaking. */
const REST_MS = 4000;

export function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** From single looks to "speaks"; kept apart so that it can be tested. */
export class SpeechWatch {
  private loud = 0;
  private last = -Infinity;

  look(level: number, now: number): boolean {
    this.loud = level > LOUD ? this.loud + 1 : 0;
    if (this.loud >= LOOKS) this.last = now;
    return now - this.last < REST_MS;
  }
}

export class Speech {
  private stop: (() => void) | null = null;
  private heard: MediaStream | null = null;

  constructor(private readonly report: (speaks: boolean) => void) {}

  /** Listens to this microphone, or with null to none. */
  follow(stream: MediaStream | null): void {
    if (stream === this.heard) return;
    this.stop?.();
    this.stop = null;
    this.heard = stream;
    this.report(false);
    if (stream) this.stop = this.listen(stream);
  }

  private listen(stream: MediaStream): () => void {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const watch = new SpeechWatch();
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.report(watch.look(loudness(samples), Date.now()));
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }
}
