"""HTTP: what may be asked, of whom, and how it is answered. Judgement, work and storage live on the floors below."""
