"""DualMN: a long-term and a short-term memory branch and a decision between them (PRCV 2022), reconstructed."""
