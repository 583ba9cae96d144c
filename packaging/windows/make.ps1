# Builds stemwright.exe and an installer, into target\packages. Needs Rust and WiX 5
# (`dotnet tool install --global wix --version 5.*`).
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..\..')
$version = (Select-String -Path Cargo.toml -Pattern '^version = "(.*)"').Matches[0].Groups[1].Value
$out = 'target\packages'
New-Item -ItemType Directory -Force $out | Out-Null
cargo build --release --locked
if ($LASTEXITCODE) { exit $LASTEXITCODE }
wix build -arch x64 -d "Version=$version" -d 'Target=target\release' `
    -o "$out\Stemwright-$version.msi" packaging\windows\stemwright.wxs
if ($LASTEXITCODE) { exit $LASTEXITCODE }
& target\release\stemwright.exe --version
