"""Read, check and price the user's input, before anything is started or paid for. Nothing here calls AWS.

`laptop` and `deployed` use it alike: prompts and events (`event`), with options over their fields (`event_options`) and
the defaults of retake.toml under them (`config`), manifests (`manifest`), settings (`settings`), the stand-in's fault
script (`fault_script`), the output folder (`out_folder`). `estimate` prices an event, `manifest_estimate` a manifest;
`migrate` writes an event of 2024 as today's.
"""
